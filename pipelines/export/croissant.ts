import type { ColumnType, Columns } from './columns.ts';
import type { ExportFacts } from './export-facts.ts';
import { exportFormats } from './formats.ts';

export interface CroissantFile {
  /** Path in the folder. */
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

const encodings: Readonly<Record<string, string>> = {
  jsonl: 'application/jsonlines',
  parquet: 'application/x-parquet',
  json: 'application/json',
};

/** The context that the specification gives; readers warn of any other. */
const context = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  arrayShape: 'cr:arrayShape',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  cr: 'http://mlcommons.org/croissant/',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  dct: 'http://purl.org/dc/terms/',
  equivalentProperty: 'cr:equivalentProperty',
  examples: { '@id': 'cr:examples', '@type': '@json' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileObject: 'cr:fileObject',
  fileProperty: 'cr:fileProperty',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isArray: 'cr:isArray',
  isLiveDataset: 'cr:isLiveDataset',
  jsonPath: 'cr:jsonPath',
  key: 'cr:key',
  md5: 'cr:md5',
  parentField: 'cr:parentField',
  path: 'cr:path',
  rai: 'http://mlcommons.org/croissant/RAI/',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  repeated: 'cr:repeated',
  replace: 'cr:replace',
  samplingRate: 'cr:samplingRate',
  sc: 'https://schema.org/',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
};

/**
 * croissant.json (Croissant 1.1, MLCommons): what is in the folder, for catalogues. The card's `configs` keep loaders
 * from taking it for data. Its date is the app's clock at the cut, so that the same dataset gives the same bytes.
 */
export function croissantFromExport(facts: ExportFacts, files: readonly CroissantFile[]): string {
  const { manifest, format, withMargin } = facts;
  const { kind, columns } = exportFormats[format];
  const data = files.filter(({ name }) => name.startsWith('data/'));
  return `${JSON.stringify(
    {
      '@context': context,
      '@type': 'sc:Dataset',
      'dct:conformsTo': 'http://mlcommons.org/croissant/1.1',
      name: `${manifest.app} ${manifest.dataset}`,
      description: `Preference data from what people did (${kind}), in the format ${format}.`,
      license: 'not set: the owner of the data decides',
      url: `urn:tacit:dataset:${manifest.dataset}`,
      creator: { '@type': 'sc:Organization', name: manifest.app },
      datePublished: new Date(manifest.cut.clock_ms ?? 0).toISOString().slice(0, 10),
      version: '1.0.0',
      isLiveDataset: false,
      distribution: files.map(({ name, sha256, sizeBytes }) => ({
        '@type': 'cr:FileObject',
        '@id': name,
        name,
        contentUrl: name,
        contentSize: `${String(sizeBytes)} B`,
        encodingFormat: encodings[name.split('.').at(-1) ?? ''] ?? 'text/plain',
        sha256,
      })),
      recordSet: data.map(({ name }) => ({
        '@type': 'cr:RecordSet',
        '@id': name.replace(/^data\//, '').replace(/\.\w+$/, ''),
        name: name.replace(/^data\//, '').replace(/\.\w+$/, ''),
        field: fields(columns({ withMargin }), name),
      })),
    },
    null,
    2,
  )}\n`;
}

const scalars = {
  string: 'sc:Text',
  boolean: 'sc:Boolean',
  double: 'sc:Float',
  int32: 'sc:Integer',
} as const;

function fields(columns: Columns, file: string): object[] {
  return Object.entries(columns).map(([name, type]) => fieldOf(type, file, [name]));
}

/** @param path of the field in a row, the column first; a list within the column ends in `[*]` */
function fieldOf(type: ColumnType, file: string, path: readonly string[]): object {
  const isArray = typeof type === 'object' && 'list' in type;
  const [column = '', ...inner] = path;
  const own = {
    '@type': 'cr:Field',
    '@id': [file, ...path].join('/'),
    name: path.at(-1),
    ...(isArray ? { isArray: true, arrayShape: '-1' } : {}),
  };
  const item = isArray ? type.list : type;
  if (typeof item === 'object' && 'struct' in item) {
    const within =
      isArray && inner.length > 0 ? [column, ...inner.slice(0, -1), `${inner.at(-1) ?? ''}[*]`] : path;
    return {
      ...own,
      subField: Object.entries(item.struct).map(([name, each]) => fieldOf(each, file, [...within, name])),
    };
  }
  return {
    ...own,
    dataType: typeof item === 'string' ? scalars[item] : 'sc:Text',
    source: {
      fileObject: { '@id': file },
      extract: { column },
      ...(inner.length > 0 ? { transform: { jsonPath: inner.join('.') } } : {}),
    },
  };
}
