/**
 * Splits a migration into its statements at semicolons, minding strings, quoted names and comments. Statements without
 * anything but comments are left out.
 */
export function sqlStatements(text: string): string[] {
  const statements: string[] = [];
  let start = 0;
  for (const match of text.matchAll(quotedOrSemicolon)) {
    if (match[0] !== ';') continue;
    statements.push(text.slice(start, match.index));
    start = match.index + 1;
  }
  statements.push(text.slice(start));
  return statements
    .map((statement) => statement.trim())
    .filter((statement) => withoutComments(statement) !== '');
}

const quotedOrSemicolon =
  /'(?:[^'\\]|\\[^]|'')*'|`(?:[^`\\]|\\[^])*`|"(?:[^"\\]|\\[^])*"|--[^\n]*|\/\*[^]*?\*\/|;/g;

function withoutComments(statement: string): string {
  return statement.replace(/--[^\n]*|\/\*[^]*?\*\//g, '').trim();
}
