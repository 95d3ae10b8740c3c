import { expect, test } from 'vitest';
import { control, summarise } from '../../src/dialects/observe';
import { spanOf } from './span';

const pending = spanOf({
  name: 'Agent run: {name!r}',
  spanId: 'aaaaaaaaaaaaaaaa',
  parentSpanId: 'bbbbbbbbbbbbbbbb',
  endTime: 1_000_000,
  scope: 'logfire.openai_agents',
  attributes: {
    'logfire.span_type': 'pending_span',
    'logfire.pending_parent_id': 'cccccccccccccccc',
    'logfire.msg_template': 'Agent run: {name!r}',
    name: 'Triage',
  },
});

test('a pending span becomes the running span it announces', () => {
  const span = control(pending);
  expect(span).toMatchObject({
    spanId: 'bbbbbbbbbbbbbbbb',
    parentSpanId: 'cccccccccccccccc',
    endTime: undefined,
    startTime: pending.startTime,
  });
  expect(span && summarise(span)).toMatchObject({
    kind: 'agent',
    name: 'Triage',
    status: 'running',
  });
});

test.each([
  ['zeros', '0000000000000000'],
  ['nonsense', 'not an id'],
  ['nothing', ''],
])('one whose parent is %s announces a root', (_, parent) => {
  const attributes = { 'logfire.span_type': 'pending_span', 'logfire.pending_parent_id': parent };
  const span = control(spanOf({ parentSpanId: 'bbbbbbbbbbbbbbbb', attributes }));
  expect(span).toMatchObject({ spanId: 'bbbbbbbbbbbbbbbb', parentSpanId: undefined });
});

test('a pending span that announces nothing stays what it is', () => {
  const span = spanOf({ attributes: { 'logfire.span_type': 'pending_span' } });
  expect(control(span)).toBe(span);
});

test('product telemetry of CrewAI is dropped', () => {
  expect(control(spanOf({ resource: { 'service.name': 'crewAI-telemetry' } }))).toBeUndefined();
});

test('everything else passes untouched', () => {
  const span = spanOf({ attributes: { 'logfire.span_type': 'span' } });
  expect(control(span)).toBe(span);
});
