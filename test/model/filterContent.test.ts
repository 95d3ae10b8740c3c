import { describe, expect, test } from 'vitest';
import { plainText, textsOf } from '../../src/model/content';
import { matchesContent, withoutContent } from '../../src/model/filterContent';
import { parseFilter } from '../../src/model/filterParse';
import { printFilter } from '../../src/model/filterPrint';
import type { Observation, ObservationSummary } from '../../src/model/observation';

const row: ObservationSummary = {
  ...{ traceId: 't', spanId: 's', kind: 'tool', name: 'refund', toolName: 'refund' },
  ...{ startTime: 0, endTime: 5, status: 'ok', level: 'info', ai: true },
};

const observation: Observation = {
  ...row,
  statusMessage: 'Card declined',
  inputMessages: [
    { role: 'user', parts: [{ type: 'text', text: 'Refund order A-1043' }] },
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'hidden thoughts' },
        { type: 'toolCall', id: 'c', name: 'pay', arguments: { amount: 12, to: ['Ann', null] } },
      ],
    },
    { role: 'tool', parts: [{ type: 'toolResult', id: 'c', result: { ok: true } }] },
  ],
  output: 'done and dusted',
  toolDefinitions: [{ name: 'pay', description: 'Moves money' }],
  scores: [
    { name: 'helpful', value: 0.4, source: 'otlp' },
    { name: 'tone', label: 'Friendly', source: 'human' },
  ],
  metadata: { tenant: 'acme', tries: 3 },
  events: [{ name: 'retry', time: 1, attributes: { 'error.type': 'timeout' } }],
  links: [],
  dialect: {},
  attributes: {
    'http.response.status_code': 429,
    'service.name': 'Billing',
    flag: true,
    list: ['x', 'y'],
    long: 'z'.repeat(201),
    empty: '',
    __proto__x: 'own',
  },
};

function matches(text: string): boolean {
  const parsed = parseFilter(text);
  if ('problem' in parsed || !parsed.filter) throw new Error(text);
  return matchesContent(parsed.filter, row, { observation, now: 0 });
}

describe('what an observation holds', () => {
  test.each([
    ['"refund order"', true],
    ['"order refund"', false],
    ['dusted', true],
    ['thoughts', true],
    ['"amount 12"', true],
    ['ann', true],
    ['"moves money"', true],
    ['timeout', true],
    ['declined', true],
    ['missing', false],
    ['-missing refund', true],
    ['dust*', true],
    ['dust', false],
    ['attr.http.response.status_code=429', true],
    ['attr.http.response.status_code:42*', true],
    ['attr.http.response.status_code>=429', true],
    ['attr.http.response.status_code<429', false],
    ['attr.service.name=billing', false],
    ['attr.service.name:billing', true],
    ['attr.flag=true', true],
    ['attr.list=y', true],
    ['attr.list=x,y', false],
    ['attr.long:z*', false],
    ['attr.empty<1', false],
    ['attr.toString:*', false],
    ['attr.absent:*', false],
    ['metadata.tenant=acme', true],
    ['metadata.tries>2', true],
    ['metadata.service.name:*', false],
    ['score.helpful<0.5', true],
    ['score.helpful>0.5', false],
    ['score<0.5', true],
    ['score.tone:friendly', true],
    ['score.tone=friendly', false],
    ['score.other<1', false],
    ['kind:tool attr.flag=true', true],
    ['kind:agent attr.flag=true', false],
    ['(kind:agent or dusted) span(refund)', true],
  ])('%s', (text, expected) => {
    expect(matches(text)).toBe(expected);
  });

  test('texts leave out what is empty and cut what is endless', () => {
    const texts = textsOf({ ...observation, output: 'x'.repeat(2_000_000) });
    expect(Math.max(...texts.map((text) => text.length))).toBe(1_000_000);
    expect(texts).not.toContain('');
  });

  test('plain text stops in the depth', () => {
    let deep: readonly unknown[] = ['bottom'];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(plainText(deep as never)).toBe('');
  });
});

describe('without content', () => {
  test.each([
    ['refund', ''],
    ['kind:tool refund', 'kind:tool '],
    ['-refund status:error', '-() status:error'],
    ['-(refund or status:error)', '-( or status:error)'],
    ['span(kind:tool attr.k=v)', 'span(kind:tool )'],
    ['score.x<1 cost>1', ' cost>1'],
  ])('%s', (text, printed) => {
    const parsed = parseFilter(text);
    if ('problem' in parsed || !parsed.filter) throw new Error(text);
    expect(printFilter(withoutContent(parsed.filter))).toBe(printed);
  });
});
