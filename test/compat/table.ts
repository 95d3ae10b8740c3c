import { columns, type Verdicts } from './judge';
import type { Row } from './rows';

/** The table of `docs/compatibility.md`. */
export interface Line {
  readonly row: Row;
  /** `package version`. */
  readonly versions: readonly string[];
  /** In the order of the columns, or why there is nothing. */
  readonly cells: readonly string[] | string;
}

/** What was found, or why it cannot be had. */
export function cellsOf({ because = {} }: Row, verdicts: Verdicts): readonly string[] {
  return columns.map((column) => {
    const found = verdicts[column];
    return found === 'yes' || found === '' ? found : (because[column] ?? found);
  });
}

export function table(lines: readonly Line[]): string {
  const notes = new Notes();
  const languages = (['JavaScript', 'Python'] as const).flatMap((language) => {
    const those = lines.filter(({ row }) => row.set.language === language);
    return those.length === 0 ? [] : [`## ${language}\n`, ...body(those, notes), ''];
  });
  return `${head}\n${languages.join('\n')}\n${notes.text()}`;
}

const head = `# Compatibility

Written by \`npm run compat\`: each line is a program run by \`glassbox run\` with the real packages
against a scripted model, and what was read of it compared with what it is known to have done. The
programs lie in \`test/compat/programs\`.

Agents hand over, run two tools at once of which one fails, answer in a given structure and stream;
clients call a tool, give its result, stream, embed and fail. *Tokens* is yes where the sums are exactly
what the model has counted. *Interrupted* is yes where a program killed in the middle of its work leaves
a trace that says so, *live* where spans are seen before they end. A number leads to what is missing;
an empty cell is nothing to be seen.
`;

function body(lines: readonly Line[], notes: Notes): readonly string[] {
  const titles = ['package', 'traced by', ...columns];
  return [
    `| ${titles.join(' | ')} |`,
    `| ${titles.map(() => '---').join(' | ')} |`,
    ...lines.map(({ row, versions, cells }) => {
      const found =
        typeof cells === 'string'
          ? columns.map((_, i) => (i === 0 ? notes.number(cells) : ''))
          : cells.map((cell) => (cell === 'yes' || cell === '' ? cell : notes.number(cell)));
      return `| ${[versions.join('<br>') || row.packages.join('<br>'), row.traced, ...found].join(' | ')} |`;
    }),
  ];
}

/** What is missing, said once below the tables. */
class Notes {
  private readonly all: string[] = [];

  number(note: string): string {
    const text = note.replaceAll(/\s+/g, ' ').slice(0, 300);
    const known = this.all.indexOf(text);
    const index = known >= 0 ? known : this.all.push(text) - 1;
    return `[${index + 1}](#what-is-missing)`;
  }

  text(): string {
    if (this.all.length === 0) return '';
    const lines = this.all.map((note, i) => `${i + 1}. ${note}`);
    return `## What is missing\n\n${lines.join('\n')}\n`;
  }
}
