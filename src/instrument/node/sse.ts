import { parseJson } from './json';

export interface ServerEvent {
  readonly data: unknown;
  /** Characters of the stream up to the end of the event. */
  readonly end: number;
}

/** The JSON events of a server-sent event stream; comments, `[DONE]` and torn ends are left out. */
export function readEvents(stream: string): readonly ServerEvent[] {
  const events: ServerEvent[] = [];
  let start = 0;
  let lines: string[] = [];
  while (start < stream.length) {
    let end = stream.indexOf('\n', start);
    if (end < 0) end = stream.length;
    const line = stream.slice(start, end).replace(/\r$/, '');
    start = end + 1;
    if (line.startsWith('data:')) lines.push(line.slice(5).trimStart());
    if (line !== '' && start < stream.length) continue;
    const data = lines.length > 0 ? parseJson(lines.join('\n')) : undefined;
    lines = [];
    if (data !== undefined) events.push({ data, end: start });
  }
  return events;
}
