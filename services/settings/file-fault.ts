import { TacitError } from '../../schemas/errors.ts';

const configurationCodes = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG']);

/**
 * Does something with the files of the data directory; what a person can put right becomes one clear line.
 * @throws TacitError `disk_full`, `configuration`
 */
export async function onDataDir<Result>(dataDir: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new TacitError('disk_full', `the disk of ${dataDir} is full: free some space`, {
        retriable: true,
        cause: error,
      });
    }
    if (configurationCodes.has(code)) {
      const message = `${dataDir} cannot be written (${code}): set TACIT_DATA_DIR to a folder that can`;
      throw new TacitError('configuration', message, { cause: error });
    }
    throw error;
  }
}
