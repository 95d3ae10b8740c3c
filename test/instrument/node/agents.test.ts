import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonAt, spanNamed, startCatcher, textAt, treeOf, type Catcher } from './catcher';
import { lineOf, program, run, startModel, type Outcome } from './harness';
import { supportScript } from '../supportScript';

const tree = `chain Support desk
  agent invoke_agent Triage
    guardrail no-shouting
    generation chat gpt-5-mini
    tool execute_tool look_up_order
    generation chat gpt-5-mini
    handoff handoff to Billing
  agent invoke_agent Billing
    generation chat gpt-5-mini
    tool execute_tool refund (error)
    generation chat gpt-5-mini`;

describe.each(['whole', 'streamed'])('a run of @openai/agents, %s', (mode) => {
  let catcher: Catcher;
  let outcome: Outcome;
  const span = (name: string, index = 0) => spanNamed(catcher.spans(), name, index);

  beforeAll(async () => {
    catcher = await startCatcher();
    const model = await startModel({ script: supportScript('transfer_to_Billing') });
    outcome = await run({
      args: [program('support.mjs'), ...(mode === 'streamed' ? ['--stream'] : [])],
      env: { ...model.env, GLASSBOX_LOCAL_ONLY: '1' },
      endpoint: catcher.endpoint,
    });
    await model.close();
  });
  afterAll(() => catcher.close());

  test('goes as without the hook', () => {
    expect(outcome).toMatchObject({ code: 0, stdout: 'The refund did not work.\n', stderr: '' });
  });

  test('is one trace of agents, calls, tools, guardrail and handoff', () => {
    expect(treeOf(catcher.spans())).toBe(tree);
    expect(new Set(catcher.spans().map((one) => one.traceId)).size).toBe(1);
  });

  test('notes what was seen', () => {
    expect(outcome.notes.map((note) => note['event'])).toEqual([
      'hook-loaded',
      'sdk-seen',
      'sdk-seen',
      'exported',
    ]);
    expect(outcome.notes).toContainEqual({
      event: 'sdk-seen',
      name: '@openai/agents',
      version: '0.20.0',
    });
    expect(outcome.notes.at(-1)).toEqual({ event: 'exported', spans: 11 });
  });

  test('names workflow, session, metadata and run on the root', () => {
    expect(span('Support desk')).toMatchObject({
      scope: 'glassbox',
      attributes: {
        'glassbox.trace.name': 'Support desk',
        'session.id': 'session-7',
        'glassbox.metadata': '{"tier":"gold"}',
        'glassbox.input': '"Where is order 17?"',
        'glassbox.output': '"The refund did not work."',
      },
      resource: { 'glassbox.run.id': 'run-1', 'service.name': 'support' },
    });
  });

  test('knows what an agent was told, asked and answered', () => {
    const agent = span('invoke_agent Billing');
    expect(jsonAt(agent, 'gen_ai.system_instructions')).toMatchObject([{ content: 'You refund.' }]);
    expect(jsonAt(agent, 'gen_ai.input.messages')).toMatchObject([{ role: 'user' }]);
    expect(jsonAt(agent, 'glassbox.output')).toBe('The refund did not work.');
    expect(jsonAt(agent, 'glassbox.metadata')).toEqual({ tools: ['refund'], outputType: 'text' });
  });

  test('knows what each model call was asked and answered', () => {
    const call = span('chat gpt-5-mini', 1);
    expect(call.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.agent.name': 'Triage',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.response.model': 'gpt-5-mini-2025-08-07',
      'gen_ai.request.temperature': 0.2,
      'gen_ai.usage.input_tokens': 120,
      'gen_ai.usage.cache_read.input_tokens': 64,
      'gen_ai.usage.output_tokens': 30,
      'gen_ai.usage.reasoning.output_tokens': 12,
      'gen_ai.response.finish_reasons': ['tool_call'],
    });
    expect(jsonAt(call, 'gen_ai.system_instructions')).toEqual([
      { type: 'text', content: 'You are triage.' },
    ]);
    expect(jsonAt(call, 'gen_ai.input.messages')).toMatchObject([
      { role: 'user', parts: [{ type: 'text', content: 'Where is order 17?' }] },
      { role: 'assistant', parts: [{ type: 'tool_call', name: 'look_up_order' }] },
      { role: 'tool', parts: [{ type: 'tool_call_response' }] },
    ]);
    expect(jsonAt(call, 'gen_ai.output.messages')).toMatchObject([
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', name: 'transfer_to_Billing', arguments: {} }],
        finish_reason: 'tool_call',
      },
    ]);
    expect(jsonAt(call, 'gen_ai.tool.definitions')).toMatchObject([
      { type: 'function', name: 'look_up_order', description: 'Finds an order' },
      { type: 'function', name: 'transfer_to_Billing' },
    ]);
  });

  test('keeps both bodies as they went over the wire', () => {
    const call = span('chat gpt-5-mini', 1);
    expect(jsonAt(call, 'glassbox.request.body')).toMatchObject({
      model: 'gpt-5-mini',
      instructions: 'You are triage.',
      temperature: 0.2,
    });
    const body = textAt(call, 'glassbox.response.body') ?? '';
    if (mode === 'streamed') expect(body).toMatch(/^event: response\.created\ndata: \{/);
    else expect(JSON.parse(body)).toMatchObject({ object: 'response', status: 'completed' });
    expect(call.attributes['gen_ai.response.time_to_first_chunk'] !== undefined).toBe(
      mode === 'streamed',
    );
  });

  test('knows tools by what went in and came out', () => {
    expect(span('execute_tool look_up_order').attributes).toMatchObject({
      'gen_ai.tool.name': 'look_up_order',
      'gen_ai.agent.name': 'Triage',
      'glassbox.input': '{"id":"17"}',
      'glassbox.output': '{"id":"17","state":"shipped"}',
    });
  });

  test('says what a failing tool threw', () => {
    const tool = span('execute_tool refund');
    expect(tool).toMatchObject({
      statusMessage: 'the bank is closed',
      attributes: { 'error.type': 'Error', 'glassbox.input': '{"id":"17"}' },
      events: [{ name: 'exception', attributes: { 'exception.message': 'the bank is closed' } }],
    });
    expect(tool.events[0]?.attributes['exception.stacktrace']).toContain('support.mjs');
  });

  test('points at the definition of a tool', () => {
    expect(span('execute_tool refund').attributes).toMatchObject({
      'code.file.path': program('support.mjs'),
      'code.line.number': lineOf('support.mjs', 'const refund ='),
    });
  });

  test('points at the line of the program', () => {
    for (const name of ['Support desk', 'invoke_agent Triage']) {
      expect(span(name).attributes).toMatchObject({
        'code.file.path': program('support.mjs'),
        'code.line.number': lineOf('support.mjs', 'runner.run('),
      });
    }
  });

  test('reported every span when it started', () => {
    const started = catcher.reports.filter((report) => report.running);
    const ids = new Set(started.map((report) => report.spanId));
    expect(catcher.spans().every((one) => ids.has(one.spanId))).toBe(true);
  });
});
