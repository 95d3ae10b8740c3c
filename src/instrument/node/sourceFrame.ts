import type { Attributes } from '@opentelemetry/api';
import { fileURLToPath } from 'node:url';

/** Frames of packages, of Node itself and of this hook say nothing about the user's program. */
const foreign = /node_modules|\bnode:|^internal\/|<anonymous>/;
declare const __filename: string;

/**
 * Where the user's program is at this moment: the first frame that is its own, read from the
 * text of a stack because only that knows the program's source maps.
 */
export function sourceAttributes(): Attributes {
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = 100;
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, sourceAttributes);
    return typeof holder.stack === 'string' ? frameOf(holder.stack) : {};
  } catch {
    return {};
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** The first frame of a stack that is the user's. */
export function frameOf(stack: string): Attributes {
  for (const line of stack.split('\n')) {
    const frame = /^\s+at (?:async )?(?:(.*?) \()?((?:file:\/\/)?[^()]*?):(\d+):(\d+)\)?$/.exec(
      line,
    );
    if (!frame || foreign.test(line) || line.includes(__filename)) continue;
    const [, name, file = '', row] = frame;
    return {
      'code.file.path': file.startsWith('file://') ? fileURLToPath(file) : file,
      'code.line.number': Number(row),
      ...(name ? { 'code.function.name': name.replace(/ \[as [^\]]+\]$/, '') } : {}),
    };
  }
  return {};
}
