import { TacitError } from '../../schemas/errors.ts';
import { embeddedUrl, type Settings } from './environment.ts';

/** Services in processes of their own meet in Kafka and ClickHouse; in a data directory they could not. */
export function assertServers(
  service: string,
  settings: Settings,
  needs: readonly ('kafka' | 'clickhouse')[],
): void {
  const missing = [
    ...(needs.includes('kafka') && settings.eventLogUrl === embeddedUrl
      ? ['TACIT_EVENT_LOG=kafka://host:port']
      : []),
    ...(needs.includes('clickhouse') && settings.warehouseUrl === embeddedUrl
      ? ['TACIT_WAREHOUSE=http://user:password@host:port/database']
      : []),
  ];
  if (missing.length === 0) return;
  throw new TacitError(
    'configuration',
    `${service} in a process of its own needs ${missing.join(' and ')}; on the embedded engines use tacit serve`,
  );
}
