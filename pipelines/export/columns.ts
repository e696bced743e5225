/** The type of a column, the same in every row and never null: loaders infer a schema, and mixed ones break them. */
export type ColumnType =
  'string' | 'boolean' | 'double' | 'int32' | { readonly list: ColumnType } | { readonly struct: Columns };

export type Columns = { readonly [Name in string]: ColumnType };

export const message: ColumnType = { struct: { role: 'string', content: 'string' } };
export const messages: ColumnType = { list: message };
