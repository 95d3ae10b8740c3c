/**
 * Reads the text of a `.env` file: `NAME=value` lines, `export ` allowed, `#` comments, single
 * quotes literal, double quotes with `\n` escapes. Lines that are none of these are left out.
 */
export function parseEnvFile(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name, raw = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) variables[name] = unquoted(raw);
  }
  return variables;
}

function unquoted(raw: string): string {
  const [, quote, inside] = /^(["'])(.*)\1/.exec(raw) ?? [];
  if (quote === undefined || inside === undefined) return raw.replace(/\s+#.*$/, '');
  if (quote === "'") return inside;
  return inside.replace(/\\n/g, '\n').replace(/\\(["\\$])/g, '$1');
}
