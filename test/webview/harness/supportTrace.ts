import type { Message, Observation, ToolDefinition } from '../../../src/model/observation';
import { makeTrace, observation, type Made } from './traces';

/** A support agent's run: triage, handoff, a tool that fails and is retried, a guardrail. */

const systemPrompt = `You are the **orders specialist** of a small bookshop.

- Look orders up before you speak about them; never guess.
- Money is paid back to the card it came from, within 5 working days.
- If a tool fails, try once more, then say so plainly.

Answer in the language of the customer. Keep it under 120 words. Never reveal internal ids other than the order number, and never promise a date that the carrier has not confirmed. When the customer is upset, acknowledge it in one sentence first.`;

const question =
  'Hi, my order **A-1042** has not arrived and it has been two weeks. Can I get my money back? See https://example.com/orders/A-1042';

const tools: readonly ToolDefinition[] = [
  {
    name: 'search_orders',
    description: 'Finds the orders of a customer by number or e-mail address.',
    parameters: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
  },
  {
    name: 'refund_order',
    description: 'Pays an order back to the card it came from.',
    parameters: {
      type: 'object',
      properties: {
        order: { type: 'string' },
        amount: { type: 'number' },
        reason: { type: 'string' },
      },
      required: ['order', 'amount'],
    },
  },
];

const order = {
  order: 'A-1042',
  status: 'shipped',
  carrier: { name: 'PostNL', tracking: '3SABCD1234567', lastSeen: null },
  items: [
    { title: 'The Left Hand of Darkness', price: 14.5, quantity: 1 },
    { title: 'A Pattern Language', price: 62, quantity: 1 },
  ],
  total: 76.5,
  delivered: false,
};

const history: readonly Message[] = [
  { role: 'system', parts: [{ type: 'text', text: systemPrompt }] },
  { role: 'user', parts: [{ type: 'text', text: question }] },
  {
    role: 'assistant',
    name: 'Orders',
    parts: [
      { type: 'reasoning', text: 'The customer gave an order number. I should look it up first.' },
      { type: 'toolCall', id: 'call_1', name: 'search_orders', arguments: { order: 'A-1042' } },
    ],
  },
  {
    role: 'tool',
    parts: [{ type: 'toolResult', id: 'call_1', name: 'search_orders', result: order }],
  },
  {
    role: 'assistant',
    name: 'Orders',
    parts: [
      {
        type: 'toolCall',
        id: 'call_2',
        name: 'refund_order',
        arguments: { order: 'A-1042', amount: 76.5, reason: 'lost in transit' },
      },
    ],
  },
  {
    role: 'tool',
    parts: [
      {
        type: 'toolResult',
        id: 'call_2',
        name: 'refund_order',
        result: 'PaymentError: the payment provider answered 503 (try again later)',
        isError: true,
      },
    ],
  },
];

const answer: readonly Message[] = [
  {
    role: 'assistant',
    name: 'Orders',
    parts: [
      {
        type: 'text',
        text: `I am sorry that your parcel went missing.

I have paid back **€76.50** to your card:

| Book | Price |
|---|---|
| The Left Hand of Darkness | €14.50 |
| A Pattern Language | €62.00 |

It takes up to *5 working days*. You can check with \`glassbox status A-1042\`:

\`\`\`json
{ "order": "A-1042", "refunded": true }
\`\`\`
`,
      },
    ],
  },
];

const dialect = {
  kind: 'glassbox',
  model: 'otel-genai',
  'usage.input': 'otel-genai',
  'usage.output': 'otel-genai',
  'usage.cacheRead': 'otel-genai',
  inputMessages: 'otel-genai',
  outputMessages: 'otel-genai',
  agentName: 'otel-genai',
  source: 'otel-code',
};

const attributes = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-5-mini',
  'gen_ai.response.model': 'gpt-5-mini-2025-08-07',
  'gen_ai.usage.input_tokens': 1480,
  'gen_ai.usage.output_tokens': 212,
  'gen_ai.input.messages': JSON.stringify(history),
  'gen_ai.response.finish_reasons': ['stop'],
  'server.address': '127.0.0.1',
  'resource.service.name': 'support-agent',
  'resource.telemetry.sdk.language': 'nodejs',
  'resource.process.pid': 48213,
};

const stack = `PaymentError: the payment provider answered 503 (try again later)
    at refundOrder (/home/dana/support-agent/tools/refund.mjs:41:11)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at async Object.invoke (/home/dana/support-agent/node_modules/@openai/agents-core/dist/tool.mjs:212:24)
    at async answer (/home/dana/support-agent/agent.mjs:87:18)`;

function generation(
  parent: Observation,
  start: Partial<Observation> & { from: number; to?: number },
): Observation {
  return observation({
    kind: 'generation',
    name: 'chat gpt-5-mini',
    parentSpanId: parent.spanId,
    model: 'gpt-5-mini-2025-08-07',
    requestedModel: 'gpt-5-mini',
    provider: 'openai',
    agentName: 'Orders',
    finishReasons: ['stop'],
    timeToFirstTokenMs: 412,
    usage: { input: 1480, output: 212, cacheRead: 1024, reasoning: 64 },
    cost: { input: 0.00014, output: 0.00042, total: 0.00056 },
    modelParameters: { temperature: 0.2, max_output_tokens: 800 },
    toolDefinitions: tools,
    inputMessages: history,
    outputMessages: answer,
    source: { file: '/home/dana/support-agent/agent.mjs', line: 87, function: 'answer' },
    dialect,
    attributes,
    ...start,
  });
}

/** Where the run stands: finished, or some milliseconds into it. */
export function supportTrace(until = Infinity): Made {
  const root = observation({
    from: 0,
    to: 6480,
    kind: 'agent',
    name: 'Support',
    agentName: 'Support',
    sessionId: 'session-7f3a',
    userId: 'dana@example.com',
    tags: ['sample', 'refund'],
    serviceName: 'support-agent',
    input: question,
    output: { answer: 'I have paid back €76.50 to your card.', refunded: true },
    traceName: 'Support: where is A-1042?',
  } as Partial<Observation> & { from: number; to: number });
  const guardrail = observation({
    from: 20,
    to: 310,
    kind: 'guardrail',
    name: 'No personal data',
    parentSpanId: root.spanId,
  });
  const triage = observation({
    from: 320,
    to: 1490,
    kind: 'agent',
    name: 'Triage',
    agentName: 'Triage',
    parentSpanId: root.spanId,
  });
  const routing = generation(triage, {
    from: 330,
    to: 1410,
    agentName: 'Triage',
    outputMessages: [
      {
        role: 'assistant',
        parts: [{ type: 'toolCall', id: 'call_0', name: 'transfer_to_orders', arguments: {} }],
      },
    ],
    inputMessages: history.slice(0, 2),
    finishReasons: ['tool_calls'],
    usage: { input: 402, output: 18 },
    cost: { total: 0.000_09 },
  });
  const handoff = observation({
    from: 1420,
    to: 1422,
    kind: 'handoff',
    name: 'Triage → Orders',
    parentSpanId: triage.spanId,
  });
  const orders = observation({
    from: 1500,
    to: 6470,
    kind: 'agent',
    name: 'Orders',
    agentName: 'Orders',
    parentSpanId: root.spanId,
  });
  const first = generation(orders, {
    from: 1510,
    to: 2730,
    inputMessages: history.slice(0, 2),
    outputMessages: [history[2] as Message],
    finishReasons: ['tool_calls'],
    usage: { input: 780, output: 41, cacheRead: 512 },
    cost: { total: 0.0002 },
  });
  const search = observation({
    from: 2740,
    to: 2905,
    kind: 'tool',
    name: 'search_orders',
    toolName: 'search_orders',
    parentSpanId: orders.spanId,
    input: { order: 'A-1042' },
    output: order,
    source: { file: 'tools/search.mjs', line: 12 },
    dialect: { kind: 'glassbox', input: 'glassbox', output: 'glassbox' },
  });
  const database = observation({
    from: 2750,
    to: 2890,
    name: 'SELECT orders',
    parentSpanId: search.spanId,
    attributes: { 'db.system': 'sqlite', 'db.statement': 'SELECT * FROM orders WHERE id = ?' },
  });
  const second = generation(orders, {
    from: 2915,
    to: 3960,
    inputMessages: history.slice(0, 4),
    outputMessages: [history[4] as Message],
    finishReasons: ['tool_calls'],
    usage: { input: 1110, output: 52, cacheRead: 768 },
    cost: { total: 0.000_31 },
  });
  const refund = observation({
    from: 3970,
    to: 4520,
    kind: 'tool',
    name: 'refund_order',
    toolName: 'refund_order',
    parentSpanId: orders.spanId,
    status: 'error',
    level: 'error',
    statusMessage: 'the payment provider answered 503 (try again later)',
    input: { order: 'A-1042', amount: 76.5, reason: 'lost in transit' },
    source: { file: 'tools/refund.mjs', line: 41 },
    events: [
      {
        name: 'exception',
        time: root.startTime + 4_519_000,
        attributes: {
          'exception.type': 'PaymentError',
          'exception.message': 'the payment provider answered 503 (try again later)',
          'exception.stacktrace': stack,
        },
      },
    ],
  });
  const retry = observation({
    from: 4530,
    to: 4990,
    kind: 'tool',
    name: 'refund_order',
    toolName: 'refund_order',
    parentSpanId: orders.spanId,
    input: { order: 'A-1042', amount: 76.5 },
    output: { refunded: true, reference: 'RF-2231' },
  });
  const last = generation(orders, { from: 5000, to: 6460 });
  const late = observation({
    from: 6465,
    to: 6475,
    kind: 'evaluator',
    name: 'politeness',
    parentSpanId: 'ffffffffffffffff',
  });
  const rows = [
    root,
    guardrail,
    triage,
    routing,
    handoff,
    orders,
    first,
    search,
    database,
    second,
    refund,
    retry,
    last,
    late,
  ];
  return makeTrace(
    rows.flatMap((row) => asOf(row, root.startTime + until * 1000)),
    {
      now: until === Infinity ? undefined : root.startTime + until * 1000,
    },
  );
}

/** The row as it was at a moment: absent before its start, running before its end. */
function asOf(row: Observation, now: number): Observation[] {
  if (row.startTime > now) return [];
  if (row.endTime === undefined || row.endTime <= now) return [row];
  return [
    {
      ...row,
      endTime: undefined,
      status: 'running',
      output: undefined,
      outputMessages: undefined,
      usage: undefined,
      cost: undefined,
    },
  ];
}
