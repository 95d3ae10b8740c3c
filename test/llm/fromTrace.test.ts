import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { observe } from '../../src/dialects/observe';
import { bodyOf, readBody, type ModelRequest } from '../../src/llm/request';
import { requestFromTrace } from '../../src/llm/fromTrace';
import { fillMasked, findMasked } from '../../src/llm/masked';
import type { Observation } from '../../src/model/observation';
import type { Json } from '../../src/model/value';
import { maskText } from '../../src/base/secrets';
import { fixtures } from '../dialects/fixtures';
import { bodies, schema } from './bodies';

const generations = fixtures().flatMap(({ name, spans, logsOf }) =>
  spans
    .map((span) => observe(span, logsOf(span)))
    .filter(({ kind }) => kind === 'generation')
    .map((observation) => ({
      name: `${name} ${observation.name} ${observation.spanId}`,
      observation,
    })),
);

const withoutStream = ({ stream: _stream, ...body }: Record<string, Json>) => body;

/** What a page does to a request on the way to its host and back. */
const throughJson = (request: ModelRequest) => JSON.parse(JSON.stringify(request)) as ModelRequest;

describe('every traced call of every dialect', () => {
  test('there are many', () => {
    expect(new Set(generations.map(({ name }) => name.split('/')[0])).size).toBeGreaterThan(12);
  });

  test.each(generations)('$name opens with all it carries', ({ observation }) => {
    const { request, exact, missing } = requestFromTrace(observation);
    const recorded = observation.attributes['glassbox.request.body'];
    expect(exact).toBe(recorded !== undefined);
    if (typeof recorded === 'string') {
      const body = JSON.parse(recorded) as Record<string, Json>;
      expect(bodyOf(throughJson(request))).toEqual(withoutStream(body));
      expect(missing).toEqual([]);
      return;
    }
    expectAllParts(request, observation);
    expect(request.tools).toEqual(observation.toolDefinitions ?? []);
    expect(request.model).toBe(observation.requestedModel ?? observation.model ?? '');
    if (request.messages.length === 0) expect(missing).toContain('the messages');
    if (Object.keys(observation.modelParameters ?? {}).length === 0) {
      expect(missing).toContain('the model parameters');
    }
    const body = bodyOf(throughJson(request));
    expect(readBody(body as Json)?.api).toBe(request.api);
    expectSent(body, request);
  });
});

/** Every part of every message is there, in its order and under its role. */
function expectAllParts(request: ModelRequest, { inputMessages = [], input }: Observation): void {
  const parts = (messages: ModelRequest['messages']) =>
    messages.flatMap((message) => message.parts.map((part) => ({ role: message.role, part })));
  if (inputMessages.length > 0) expect(parts(request.messages)).toEqual(parts(inputMessages));
  else if (input !== undefined) expect(request.messages).toHaveLength(1);
}

/** The texts, calls, results and tool schemas of a request stand in the body it makes. */
function expectSent(body: Record<string, Json>, request: ModelRequest): void {
  const sent = JSON.stringify(body);
  const has = (value: Json | undefined) => {
    if (value !== undefined) expect(sent).toContain(JSON.stringify(value).slice(1, -1));
  };
  for (const part of request.messages.flatMap(({ parts }) => parts)) {
    if (part.type === 'text') has(part.text);
    if (part.type === 'toolCall') [part.id, part.name].forEach(has);
    if (part.type === 'toolResult') has(part.id);
  }
  const tools = (body.tools ?? []) as Record<string, Json>[];
  const functions = tools.map((tool) => (tool.function ?? tool) as Record<string, Json>);
  const definitions = request.tools.map(({ name, description, parameters }) => ({
    name,
    description,
    parameters,
  }));
  expect(functions).toMatchObject(JSON.parse(JSON.stringify(definitions)) as object[]);
}

const observation = (fields: Partial<Observation>): Observation => ({
  ...{ traceId: 't', spanId: 's', kind: 'generation', name: 'chat', startTime: 0, status: 'ok' },
  ...{ level: 'info', events: [], links: [], dialect: {}, attributes: {} },
  ...fields,
});

const recorded = (body: Json) =>
  observation({ attributes: { 'glassbox.request.body': JSON.stringify(body) } });

describe('a recorded body', () => {
  test.each(Object.keys(bodies))('%s comes back as it was', (name) => {
    const body = bodies[name] as Record<string, Json>;
    const { request, exact, missing } = requestFromTrace(recorded({ ...body, stream: true }));
    expect({ exact, missing }).toEqual({ exact: true, missing: [] });
    expect(bodyOf(throughJson(request))).toEqual(body);
  });

  test('any body comes back as it was', () => {
    const value = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(
          '',
          'x',
          'user',
          'assistant',
          'tool',
          'function',
          'text',
          'message',
          '{"a":1}',
          null,
          0,
          1.5,
          true,
        ),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            ...[
              'role',
              'content',
              'type',
              'text',
              'name',
              'id',
              'call_id',
              'tool_calls',
              'function',
              'arguments',
            ],
            ...[
              'output',
              'summary',
              'image_url',
              'url',
              'format',
              'schema',
              'json_schema',
              'parameters',
            ],
          ),
          tie('json'),
          { maxKeys: 5 },
        ),
      ),
    })).json;
    const fields = fc.dictionary(
      fc.constantFrom('model', 'instructions', 'tools', 'text', 'response_format', 'temperature'),
      value,
    );
    const list = fc.array(value, { maxLength: 4 });
    fc.assert(
      fc.property(fields, list, fc.constantFrom('messages', 'input'), (rest, items, key) => {
        const body = JSON.parse(JSON.stringify({ ...rest, [key]: items })) as Record<string, Json>;
        const request = readBody(body);
        expect(request && bodyOf(throughJson(request))).toEqual(body);
      }),
      { numRuns: 1000 },
    );
  });

  test('what is edited is sent edited, the rest as it was', () => {
    const body = bodies['all that a chat can hold'] as { messages: Json[]; tools: Json[] };
    const { request } = requestFromTrace(recorded(body));
    const [first, ...others] = request.messages;
    const edited = { ...first!, parts: [{ type: 'text' as const, text: 'Be rude.' }] };
    const [tool, ...tools] = request.tools;
    const sent = bodyOf({
      ...request,
      messages: [edited, ...others],
      tools: [{ ...tool!, description: 'e' }, ...tools],
    });
    expect(sent).toEqual({
      ...body,
      messages: [{ role: 'developer', content: 'Be rude.' }, ...body.messages.slice(1)],
      tools: [
        {
          type: 'function',
          function: { name: 'look', description: 'e', parameters: schema, strict: true },
        },
        ...body.tools.slice(1),
      ],
    });
  });

  test('edited instructions stay instructions', () => {
    const { request } = requestFromTrace(recorded(bodies['a text for Responses']!));
    const [first, ...others] = request.messages;
    const edited = { ...first!, parts: [{ type: 'text' as const, text: 'Be rude.' }] };
    const turn = { role: 'assistant' as const, parts: [{ type: 'text' as const, text: 'Yes?' }] };
    expect(bodyOf({ ...request, messages: [edited, ...others] })).toEqual({
      ...{ model: 'm', instructions: 'Be rude.', input: 'Hi' },
    });
    expect(bodyOf({ ...request, messages: [edited, ...others, turn] }).input).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Yes?' },
    ]);
  });

  test.each([
    ['that was cut', '{"model":"m","messages":[{"role":"us'],
    ['of another interface', '{"model":"m","prompt":"x"}'],
  ])('%s is put together from the fields', (_name, text) => {
    const found = requestFromTrace(
      observation({
        attributes: { 'glassbox.request.body': text },
        inputMessages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
        requestedModel: 'm',
      }),
    );
    expect(found.exact).toBe(false);
    expect(bodyOf(found.request)).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
    });
    expect(found.missing).toEqual(['the model parameters']);
  });
});

describe('what a trace does not hold is named', () => {
  const user = (...parts: Json[]) =>
    [{ role: 'user', parts }] as unknown as Observation['inputMessages'];
  const toolCall = { type: 'toolCall', id: 'c', name: 'look', arguments: {} };
  const whole = {
    model: 'm',
    modelParameters: { temperature: 1 },
    inputMessages: user({ type: 'text', text: 'x' }),
  };
  test.each<[string, Partial<Observation>, string[]]>([
    ['nothing', whole, []],
    ['the model', { ...whole, model: undefined }, ['the model']],
    ['the messages', { ...whole, inputMessages: undefined }, ['the messages']],
    [
      'their form',
      { ...whole, inputMessages: undefined, input: { a: 1 } },
      ['the messages as they were sent'],
    ],
    ['parameters', { ...whole, modelParameters: {} }, ['the model parameters']],
    ['tools', { ...whole, outputMessages: user(toolCall) }, ['the tool definitions']],
    [
      'their schemas',
      { ...whole, toolDefinitions: [{ name: 'a' }] },
      ['the parameters of some tools'],
    ],
    [
      'images',
      { ...whole, inputMessages: user({ type: 'media', mime: 'image/png' }) },
      ['the content of images or files'],
    ],
    [
      'the schema',
      { ...whole, modelParameters: { outputType: 'json' } },
      ['the model parameters', 'the output schema'],
    ],
    [
      'reasoning',
      { ...whole, inputMessages: user({ type: 'reasoning' }) },
      ['the reasoning of earlier turns'],
    ],
  ])('%s', (_name, fields, missing) => {
    expect(requestFromTrace(observation(fields)).missing).toEqual(missing);
  });
});

test('what a response says of itself is not sent with a request', () => {
  const { request } = requestFromTrace(
    observation({
      modelParameters: {
        ...{
          temperature: 1,
          completed_at: 5,
          background: false,
          reasoning: { effort: 'low', summary: null },
        },
        text: { format: { type: 'json_schema', name: 'r', schema }, verbosity: 'low' },
      },
    }),
  );
  expect(request).toMatchObject({ api: 'responses', outputSchema: { name: 'r', schema } });
  expect(request.parameters).toEqual({
    ...{
      temperature: 1,
      background: false,
      reasoning: { effort: 'low' },
      text: { verbosity: 'low' },
    },
  });
});

describe('masked secrets', () => {
  const secrets = [
    'sk-proj-abcdefghij0123456789abcdef',
    'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
    'Authorization: Bearer abcdef0123456789abcdef0123456789',
    'postgres://me:hunter2secret@db.test/x',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
    'aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYab',
  ];
  test.each(secrets)('%s is found and filled in again', (secret) => {
    const text = `Use ${secret} now`;
    const masked = maskText(text);
    expect(masked).not.toBe(text);
    const { masked: found, request } = requestFromTrace(
      recorded({ model: 'm', messages: [{ role: 'user', content: masked }] }),
    );
    expect(found).toHaveLength(1);
    const typed = new Map([[found[0]!, 'TYPED']]);
    const filled = fillMasked(request as unknown as Json, typed) as unknown as ModelRequest;
    const sent = JSON.stringify(bodyOf(filled));
    expect(sent).toContain('TYPED');
    expect(sent).not.toContain('****');
  });
  test.each(['**bold**', '*****', '5 **** hotel', '* * * * *', 'x '.repeat(3) + '*'.repeat(40)])(
    '%s is no secret',
    (text) => expect(findMasked(text)).toEqual([]),
  );
});
