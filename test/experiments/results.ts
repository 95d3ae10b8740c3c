import type { RepeatResult } from '../../src/experiments/outcome';
import type { RanCase } from '../../src/experiments/verdict';

/** Results of runs, for tests: `+` a repeat that passed, `-` one that failed, `!` one without output. */

export function repeats(pattern: string, more: Partial<RepeatResult> = {}): RepeatResult[] {
  return [...pattern].map((mark): RepeatResult => {
    const passed = mark === '+';
    const reason = passed ? 'Good.' : 'Expected "a", the output is "b".';
    const said = mark === '!' ? { error: 'It crashed.' } : { output: passed ? 'a' : 'b' };
    const scores = [{ evaluator: 'exact', score: Number(passed), passed, reason }];
    return { durationMs: 100, cost: 0.001, traceId: 'ab12', passed, scores, ...said, ...more };
  });
}

export function ran(id: string, pattern: string, more: Partial<RepeatResult> = {}): RanCase {
  return { id, hash: `hash of ${id}`, repeats: repeats(pattern, more) };
}
