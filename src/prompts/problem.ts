/** Something wrong with a file, at a place in its text. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** A sentence for the person who wrote the file. */
  readonly message: string;
  /** Offset of the first character in the text of the file. */
  readonly start: number;
  /** Offset behind the last character. */
  readonly end: number;
}

/** One-based line and column of an offset. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Where each line begins, so that lines and columns become offsets. */
export function offsetOf(text: string, { line, column }: { line: number; column: number }): number {
  let start = 0;
  for (let passed = 1; passed < line; passed++) {
    const end = text.indexOf('\n', start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  return Math.min(text.length, start + column - 1);
}

/** The problem as a line of a terminal: `file:line:column: message`. */
export function describeProblem(file: string, text: string, problem: Problem): string {
  const { line, column } = placeOf(text, problem.start);
  return `${file}:${line}:${column}: ${problem.message}`;
}
