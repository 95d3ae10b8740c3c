/** Stack traces of JavaScript and Python, read line by line; what is not a frame stays text. */

export interface StackLine {
  readonly text: string;
  /** The file and one-based line this frame names. */
  readonly place?: { readonly file: string; readonly line: number; readonly label: string };
  /** False for frames of a runtime or an installed package. */
  readonly own: boolean;
}

const python = /File "([^"\n]{1,1000})", line (\d+)/;
const javascript =
  /\(?((?:file:\/\/)?(?:[A-Za-z]:[\\/]|\/|\.{0,2}[\\/]?[\w@.-]+[\\/])[^\s():]{1,1000}):(\d+)(?::\d+)?\)?\s*$/;
const foreign =
  /node_modules|node:|site-packages|dist-packages|<frozen|[\\/]lib[\\/]python|<anonymous>/;

/** Lines beyond this many are left out: nobody reads them, and a recursion makes thousands. */
const lineLimit = 400;

export function readStack(stack: string): readonly StackLine[] {
  return stack.slice(0, 100_000).split('\n').slice(0, lineLimit).map(readLine);
}

function readLine(text: string): StackLine {
  const match = python.exec(text) ?? (/^\s*at\s/.test(text) ? javascript.exec(text) : null);
  const [label = '', file = '', line = ''] = match ?? [];
  const own = match !== null && !foreign.test(text);
  if (!match) return { text, own };
  const trimmed = label.replace(/^\(|\)?\s*$/g, '');
  return {
    text,
    own,
    place: { file: file.replace(/^file:\/\//, ''), line: Number(line), label: trimmed },
  };
}
