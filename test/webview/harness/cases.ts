import type { Observation } from '../../../src/model/observation';
import { hostile } from './hostile';
import { supportTrace } from './supportTrace';
import { largeTrace, makeTrace, observation, type Made } from './traces';

/** The named traces the harness can show. */
export const caseNames = [
  'support',
  'running',
  'interrupted',
  'rows1000',
  'rows100000',
  'rows1000000',
  'longText',
  'bigJson',
  'hostile',
  'scripts',
  'nothing',
  'deep',
  'graph100',
] as const;
export type CaseName = (typeof caseNames)[number];

const makers: Readonly<Record<CaseName, () => Made>> = {
  support: supportTrace,
  running: () => supportTrace(4_100),
  interrupted,
  rows1000: () => largeTrace(1_000),
  rows100000: () => largeTrace(100_000),
  rows1000000: () => largeTrace(1_000_000),
  longText,
  bigJson,
  hostile,
  scripts,
  nothing,
  deep,
  graph100,
};

export function makeCase(name: CaseName): Made {
  return makers[name]();
}

function interrupted(): Made {
  const root = observation({ from: 0, kind: 'agent', name: 'Nightly', status: 'interrupted' });
  const done = observation({
    from: 40,
    to: 900,
    kind: 'tool',
    name: 'fetch',
    parentSpanId: root.spanId,
  });
  const call = observation({
    from: 910,
    kind: 'generation',
    name: 'chat',
    model: 'gpt-5',
    status: 'interrupted',
    parentSpanId: root.spanId,
  });
  return makeTrace([root, done, call]);
}

/** A message of 20 KB and an image. */
function longText(): Made {
  const paragraph = 'The quick brown fox jumps over the lazy dog, and **again** it does. ';
  const text = Array.from(
    { length: 60 },
    (_, index) => `## Part ${index + 1}\n\n${paragraph.repeat(5)}`,
  ).join('\n\n');
  const pixel =
    'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC';
  return makeTrace([
    observation({
      from: 0,
      to: 900,
      kind: 'generation',
      name: 'chat',
      model: 'gpt-5',
      inputMessages: [
        {
          role: 'user',
          parts: [
            { type: 'text', text },
            { type: 'media', mime: 'image/png', data: pixel },
            { type: 'media', mime: 'image/jpeg', url: 'https://example.com/photo.jpg' },
            { type: 'media', mime: 'application/pdf', data: pixel },
          ],
        },
      ],
      outputMessages: [
        { role: 'assistant', parts: [{ type: 'reasoning' }, { type: 'text', text: 'Short.' }] },
      ],
    }),
  ]);
}

/** About 1 MB of JSON, once as a value, once as one line of text. */
function bigJson(): Made {
  const items = Array.from({ length: 9_000 }, (_, index) => ({
    id: index,
    title: `Item number ${index} of a rather long list`,
    price: index / 7,
    tags: ['a', 'b', index % 2 === 0],
  }));
  return makeTrace([
    observation({
      from: 0,
      to: 70,
      kind: 'tool',
      name: 'list_items',
      input: JSON.stringify({
        filter: { text: 'x'.repeat(600), nested: JSON.stringify({ a: [1, 2] }) },
      }),
      output: { items, next: null, total: items.length },
    }),
    observation({
      from: 80,
      to: 90,
      kind: 'tool',
      name: 'one_line',
      output: 'y'.repeat(1_000_000),
      parentSpanId: undefined,
    }),
  ]);
}

/** Other scripts, right to left, emoji, control characters. */
function scripts(): Made {
  const text = 'مرحبا، أين طلبي **A-1042**؟ شكرا';
  return makeTrace([
    observation({
      from: 0,
      to: 500,
      kind: 'generation',
      name: 'محادثة مع العميل 👩🏽‍💻',
      model: 'gpt-5',
      inputMessages: [
        { role: 'user', parts: [{ type: 'text', text }] },
        { role: 'user', parts: [{ type: 'text', text: 'שלום, מה שלומך? 你好 👨‍👩‍👧‍👦 ok' }] },
      ],
      outputMessages: [
        {
          role: 'assistant',
          parts: [{ type: 'text', text: 'Zero\u0000 bell\u0007 escape\u001b[31m done' }],
        },
      ],
    }),
  ]);
}

/** Model call, tool and plain span without any content. */
function nothing(): Made {
  const root = observation({ from: 0, to: 300, kind: 'generation', name: 'chat', model: 'gpt-5' });
  const tool = observation({
    from: 10,
    to: 20,
    kind: 'tool',
    name: 'lookup',
    parentSpanId: root.spanId,
  });
  const span = observation({
    from: 12,
    to: 13,
    name: 'GET /',
    parentSpanId: tool.spanId,
    attributes: { 'http.method': 'GET' },
  });
  return makeTrace([root, tool, span]);
}

/** Four agents with 24 tools each and a model of their own. */
function graph100(): Made {
  const root = observation({ from: 0, to: 9000, kind: 'agent', name: 'Planner' });
  const rows: Observation[] = [root];
  for (let agent = 0; agent < 4; agent++) {
    const from = 50 + agent * 2200;
    const parentSpanId = root.spanId;
    const name = ['Research', 'Coding', 'Review', 'Release notes'][agent] ?? '';
    const worker = observation({ from, to: from + 2100, kind: 'agent', name, parentSpanId });
    rows.push(worker);
    for (let step = 0; step < 48; step++) {
      const call = { from: from + 10 + step * 40, to: from + 45 + step * 40 };
      const kind = step % 2 ? 'generation' : 'tool';
      rows.push(
        observation({
          ...{ ...call, kind, parentSpanId: worker.spanId },
          name: kind === 'tool' ? `${name.toLowerCase()}_tool_${step / 2}` : 'chat',
          model: kind === 'tool' ? undefined : `model-${agent}`,
          cost: kind === 'tool' ? undefined : { total: 0.002 },
          status: step === 20 ? 'error' : 'ok',
        }),
      );
    }
  }
  return makeTrace(rows);
}

function deep(): Made {
  const rows: Observation[] = [];
  for (let depth = 0; depth < 140; depth++) {
    rows.push(
      observation({
        from: depth,
        to: 400 - depth,
        kind: depth % 2 ? 'chain' : 'agent',
        name: `step ${depth}`,
        parentSpanId: rows.at(-1)?.spanId,
      }),
    );
  }
  return makeTrace(rows);
}
