import type { QueryParameters } from './warehouse.ts';

/**
 * Puts parameter values into SQL text, for chDB: its own binding runs all parameterized queries of a process one
 * after the other. Each becomes `_CAST(literal, 'Type')`, which is what a server makes of a parameter. Placeholders
 * in strings, quoted names and comments, and those without a value, stay as they are.
 */
export function sqlWithLiterals(sql: string, parameters: QueryParameters): string {
  return sql.replace(
    placeholderOrQuoted,
    (token: string, name: string | undefined, type: string | undefined) => {
      if (name === undefined || type === undefined || !Object.hasOwn(parameters, name)) return token;
      const value = parameters[name];
      if (type === 'Identifier') return quotedName(String(value));
      return `_CAST(${sqlLiteral(value)}, ${sqlLiteral(type.trim())})`;
    },
  );
}

const placeholderOrQuoted =
  /'(?:[^'\\]|\\[^]|'')*'|`(?:[^`\\]|\\[^])*`|"(?:[^"\\]|\\[^])*"|--[^\n]*|\/\*[^]*?\*\/|\{\s*([A-Za-z_]\w*)\s*:\s*([A-Za-z][^{}]*)\}/g;

/** @throws RangeError for numbers that SQL text cannot carry exactly. */
export function sqlLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string')
    return `'${value.replace(/[\\'\0\n\r\t\b\f]/g, (char) => escapes[char] ?? char)}'`;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return numberLiteral(value);
  if (Array.isArray(value)) return `[${value.map(sqlLiteral).join(',')}]`;
  throw new RangeError(`no SQL literal for a ${typeof value}`);
}

function numberLiteral(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new RangeError('an integer over 2^53 lost its last digits: pass it as a bigint or as text');
  }
  return String(value);
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\0': '\\0',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

function quotedName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
