import type { Attributes } from '@opentelemetry/api';
import { sourceAttributes } from './sourceFrame';

/**
 * Tools made by `tool()` of `@openai/agents`: where they are defined, and what they really threw.
 * The SDK's spans know neither; since 0.20 they hide the error of a tool.
 */

/** The tool span a call belongs to. */
export interface RunningTool {
  started(attributes: Attributes): void;
  threw(error: unknown): void;
}

type Execute = (this: unknown, ...args: unknown[]) => unknown;

export type ToolFactory = (this: unknown, ...args: unknown[]) => unknown;

/** The factory, making the same tools with their `execute` watched. */
export function watchTools(
  original: ToolFactory,
  current: () => RunningTool | undefined,
): ToolFactory {
  function tool(this: unknown, options: unknown, ...rest: unknown[]): unknown {
    return original.call(this, watched(options, current), ...rest);
  }
  return tool;
}

function watched(options: unknown, current: () => RunningTool | undefined): unknown {
  const { execute } = (options ?? {}) as { execute?: unknown };
  if (typeof execute !== 'function') return options;
  const copy = Object.create(Object.getPrototypeOf(options) as object | null) as object;
  const replaced = { execute: watchedExecute(execute as Execute, current) };
  return Object.assign(copy, options, replaced);
}

function watchedExecute(execute: Execute, current: () => RunningTool | undefined): Execute {
  const source = sourceAttributes();
  return function (...args) {
    const running = current();
    running?.started(source);
    if (!running) return execute.apply(this, args);
    try {
      const result = execute.apply(this, args);
      if (result instanceof Promise) result.then(undefined, (error) => running.threw(error));
      return result;
    } catch (error) {
      running.threw(error);
      throw error;
    }
  };
}
