import { describe, expect, test } from 'vitest';
import { Doctor, type Finding } from '../../src/dialects/doctor';
import { observe } from '../../src/dialects/observe';
import { fixtures } from './fixtures';
import { spanOf, type SpanDraft } from './span';

const sound = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': 'gpt-5-mini',
  'gen_ai.input.messages': '[{"role":"user","content":"hi"}]',
  'gen_ai.output.messages': '[{"role":"assistant","content":"hello"}]',
  'gen_ai.usage.input_tokens': 3,
  'gen_ai.usage.output_tokens': 4,
  'gen_ai.conversation.id': 's1',
};
type Attributes = NonNullable<SpanDraft['attributes']>;

function without(...keys: string[]): Attributes {
  return Object.fromEntries(Object.entries(sound).filter(([key]) => !keys.includes(key)));
}

function diagnose(drafts: readonly SpanDraft[], looseLogs = 0): readonly Finding[] {
  const doctor = new Doctor();
  drafts.forEach((draft, i) =>
    doctor.see(observe(spanOf({ spanId: `${i}`.padStart(16, '0'), ...draft }), [])),
  );
  return doctor.findings(looseLogs);
}

const silent = without('gen_ai.input.messages', 'gen_ai.output.messages');
const countless = without('gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens');

test('a sound trace has no findings', () => {
  expect(diagnose([{ attributes: sound }])).toEqual([]);
});

describe('finds', () => {
  test.each<[string, SpanDraft, readonly [string, RegExp]]>([
    [
      'a call without content',
      { attributes: silent },
      ['no-content', /CAPTURE_MESSAGE_CONTENT=true/],
    ],
    [
      'the switch of the library that left it out',
      { attributes: silent, scope: 'opentelemetry.instrumentation.openai.v1' },
      ['no-content', /TRACELOOP_TRACE_CONTENT=true/],
    ],
    [
      'another one',
      { attributes: silent, scope: 'pydantic-ai' },
      ['no-content', /include_content=True/],
    ],
    ['a call without tokens', { attributes: countless }, ['no-tokens', /include_usage/]],
    [
      'where LangChain asks for them',
      { attributes: countless, scope: 'openinference.instrumentation.langchain' },
      ['no-tokens', /stream_usage=True/],
    ],
    [
      'a model nobody knows the price of',
      { attributes: { ...sound, 'gen_ai.request.model': 'my-own' } },
      ['no-price', /glassbox\.prices/],
    ],
    [
      'no session',
      { attributes: without('gen_ai.conversation.id') },
      ['no-session', /session\.id/],
    ],
    [
      'how the Agents SDK says one',
      { attributes: without('gen_ai.conversation.id'), scope: 'glassbox' },
      ['no-session', /group_id/],
    ],
    [
      'a call in words of its own',
      { attributes: { model: 'm', 'my.prompt': 'hi', 'my.total_tokens': 7 } },
      ['unknown-convention', /gen_ai\.request\.model/],
    ],
    [
      'attributes that were dropped',
      { attributes: sound, droppedAttributes: 12 },
      ['cut', /COUNT_LIMIT/],
    ],
    [
      'content that was cut',
      { attributes: { ...sound, 'glassbox.cut': '{"glassbox.request.body":5}' } },
      ['cut', /LENGTH_LIMIT/],
    ],
  ])('%s', (_, draft, [id, change]) => {
    const found = diagnose([draft]);
    expect(found.map((finding) => finding.id)).toEqual([id]);
    expect(found[0]?.change).toMatch(change);
    expect(found[0]?.count).toBe(1);
  });

  test('the same answer seen by two', () => {
    const attributes = { ...sound, 'gen_ai.response.id': 'r' };
    const found = diagnose([
      { attributes, scope: 'one' },
      { attributes, scope: 'two' },
    ]);
    expect(found).toMatchObject([{ id: 'counted-twice', spanIds: ['0000000000000001'], count: 1 }]);
    expect(found[0]?.why).toContain('one and two');
  });

  test('the same call seen by two that do not say whose answer it is', () => {
    const two = [
      { attributes: sound, scope: 'one' },
      { attributes: sound, scope: 'two' },
    ];
    expect(diagnose(two)).toMatchObject([{ id: 'counted-twice' }]);
    const apart = [two[0] ?? {}, { ...two[1], startTime: 5_000_000, endTime: 6_000_000 }];
    expect(diagnose(apart)).toEqual([]);
    expect(diagnose([two[0] ?? {}, two[0] ?? {}])).toEqual([]);
  });

  test('log records without their spans, and says all of it in one list, the worst first', () => {
    const found = diagnose([{ attributes: silent }, { attributes: countless }], 3);
    expect(found.map(({ id }) => id)).toEqual(['no-content', 'no-tokens', 'loose-logs']);
    expect(found[2]?.what).toContain('3 log records');
  });

  test('many, and names a few', () => {
    const found = diagnose(Array.from({ length: 50 }, () => ({ attributes: silent })));
    expect(found[0]).toMatchObject({
      count: 50,
      environment: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' },
    });
    expect(found[0]?.spanIds).toHaveLength(5);
  });
});

test.each([
  [
    'a failed call has no answer',
    { attributes: without('gen_ai.output.messages'), status: 'error' },
  ],
  ['a running one not yet', { attributes: without('gen_ai.output.messages'), endTime: undefined }],
  ['a database has no tokens', { attributes: { 'db.statement': 'select token' } }],
] satisfies [string, SpanDraft][])('%s', (_, draft) => {
  const drafts = [{ attributes: sound }, draft];
  expect(diagnose(drafts).filter(({ weight }) => weight === 'problem')).toEqual([]);
});

test.each([
  ...['logfire-agents/handoff', 'logfire-agents/streamed', 'openinference/openai'],
  ...['langfuse/openai', 'langsmith/langchain', 'pydantic-ai/version-5', 'mlflow/openai'],
  ...['glassbox/agents', 'genkit/weather', 'strands/weather', 'adk/weather'],
])('real SDKs that tell all have no problem: %s', (name) => {
  expect(problemsOf(name)).toEqual([]);
});

test('a real SDK that leaves content out is told its own switch', () => {
  const [found] = problemsOf('semantic-kernel/weather');
  expect(found?.id).toBe('no-content');
  expect(found?.change).toContain('SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS');
});

function problemsOf(name: string): readonly Finding[] {
  const fixture = fixtures().find((one) => one.name === name);
  const doctor = new Doctor();
  for (const span of fixture?.spans ?? []) doctor.see(observe(span, fixture?.logsOf(span) ?? []));
  return doctor.findings(0).filter(({ weight }) => weight === 'problem');
}
