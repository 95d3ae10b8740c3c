import type { Observation } from '../../model/observation';
import { isRecord, type Json } from '../../model/value';
import type { EvaluatorOf, ToolExpectation } from '../experiment';
import { fail, pass, quote, type Judgement, type Subject } from './judgement';
import { parsed } from './jsonEqual';

interface ToolCall {
  readonly tool: string;
  readonly args: Json;
}

/** The tools the agent called, against those it should have, or must not have, called. */
export function trajectory(spec: EvaluatorOf<'trajectory'>, subject: Subject): Judgement {
  const calls = toolCallsOf(subject.outcome.observations ?? []);
  const { expect, mode = 'ordered' } = spec;
  switch (mode) {
    case 'exact':
      return sameCalls(expect, calls);
    case 'ordered':
      return inOrder(expect, calls);
    case 'any':
      return inAnyOrder(expect, calls);
    case 'forbid':
      return none(expect, calls);
  }
}

/** Observations come in the order they began. */
function toolCallsOf(observations: readonly Observation[]): readonly ToolCall[] {
  return observations
    .filter(({ kind }) => kind === 'tool')
    .map(({ toolName, name, input }) => ({ tool: toolName ?? name, args: parsed(input ?? null) }));
}

function sameCalls(expect: readonly ToolExpectation[], calls: readonly ToolCall[]): Judgement {
  const length = Math.max(expect.length, calls.length);
  for (let i = 0; i < length; i++) {
    const [wanted, call] = [expect[i], calls[i]];
    if (!wanted) return fail(`Call ${i + 1}, ${describe(call)}, is one too many.`);
    if (!call) return fail(`Call ${i + 1}, ${describe(wanted)}, was not made.`);
    if (!fits(wanted, call))
      return fail(`Call ${i + 1} is ${describe(call)}, expected ${describe(wanted)}.`);
  }
  return pass(`The calls were exactly ${list(calls)}.`);
}

function inOrder(expect: readonly ToolExpectation[], calls: readonly ToolCall[]): Judgement {
  let at = 0;
  for (const [index, wanted] of expect.entries()) {
    const found = calls.findIndex((call, i) => i >= at && fits(wanted, call));
    if (found < 0) {
      const behind = index === 0 ? '' : ` after ${describe(expect[index - 1])}`;
      return fail(`${describe(wanted)} was not called${behind}; the calls were ${list(calls)}.`);
    }
    at = found + 1;
  }
  return pass(`The calls ${list(calls)} hold the expected ones in order.`);
}

/** Each expectation needs a call of its own: pairs are sought, so that a loose one takes no strict one's. */
function inAnyOrder(expect: readonly ToolExpectation[], calls: readonly ToolCall[]): Judgement {
  const takenBy = new Map<number, number>();
  const place = (wanted: number, tried: Set<number>): boolean =>
    calls.some((call, index) => {
      const expectation = expect[wanted];
      if (!expectation || tried.has(index) || !fits(expectation, call)) return false;
      tried.add(index);
      const holder = takenBy.get(index);
      if (holder !== undefined && !place(holder, tried)) return false;
      takenBy.set(index, wanted);
      return true;
    });
  const missing = expect.find((_, index) => !place(index, new Set()));
  return missing
    ? fail(`${describe(missing)} was not called; the calls were ${list(calls)}.`)
    : pass(`The calls ${list(calls)} hold all that was expected.`);
}

function none(expect: readonly ToolExpectation[], calls: readonly ToolCall[]): Judgement {
  const forbidden = calls.find((call) => expect.some((wanted) => fits(wanted, call)));
  return forbidden
    ? fail(`${describe(forbidden)} was called and must not be.`)
    : pass(`None of ${expect.map(describe).join(', ')} was called.`);
}

function fits({ tool, args }: ToolExpectation, call: ToolCall): boolean {
  return tool === call.tool && (args === undefined || holds(call.args, args));
}

/** Whether a value is the wanted one, or an object that has at least its members. */
function holds(value: Json, wanted: Json): boolean {
  if (Array.isArray(wanted)) {
    const items = Array.isArray(value) ? (value as readonly Json[]) : undefined;
    return (
      items?.length === wanted.length &&
      (wanted as readonly Json[]).every((item, i) => holds(items[i] ?? null, item))
    );
  }
  if (!isRecord(wanted)) return value === wanted;
  if (!isRecord(value)) return false;
  const members = value as Readonly<Record<string, Json>>;
  return Object.entries(wanted as Readonly<Record<string, Json>>).every(
    ([key, member]) => Object.hasOwn(members, key) && holds(members[key] ?? null, member),
  );
}

function describe(call: ToolExpectation | ToolCall | undefined): string {
  if (!call) return 'nothing';
  return call.args === undefined || call.args === null
    ? call.tool
    : `${call.tool}(${quote(call.args, 80)})`;
}

function list(calls: readonly ToolCall[]): string {
  return calls.length === 0 ? 'none' : calls.map(({ tool }) => tool).join(', ');
}
