import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { observe, summarise } from '../../src/dialects/observe';
import type { Observation, ObservationSummary } from '../../src/model/observation';
import { expectedFile, fixtures } from './fixtures';

/**
 * What real SDKs sent, and what it is read as. `UPDATE=1` rewrites the expected readings, which
 * are then reviewed as a diff.
 */

const update = process.env.UPDATE === '1';

/** The attributes are the capture itself; everything else is our reading of it. */
function reading(observation: Observation, summary: ObservationSummary) {
  const { attributes: _attributes, ...read } = observation;
  return { ...read, ai: summary.ai, traceName: summary.traceName, join: summary.join };
}

describe.each(fixtures())('$name', ({ name, spans, logsOf }) => {
  test('is read as expected', () => {
    const readings = spans
      .map((span) => reading(observe(span, logsOf(span)), summarise(span)))
      .sort((a, b) => a.startTime - b.startTime || (a.spanId < b.spanId ? -1 : 1));
    const text = `${JSON.stringify(readings, null, 2)}\n`;
    const file = expectedFile(name);
    if (update) writeFileSync(file, text);
    expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });

  test('summarise and observe agree', () => {
    for (const span of spans) {
      const { ai: _ai, traceName: _traceName, join: _join, ...summary } = summarise(span);
      expect(observe(span, logsOf(span))).toMatchObject(summary);
    }
  });

  test('the fields say which dialect they came from', () => {
    for (const span of spans) {
      const { dialect, usage, inputMessages } = observe(span, logsOf(span));
      if (usage) expect(dialect.usage).toBeTypeOf('string');
      if (inputMessages) expect(dialect.inputMessages).toBeTypeOf('string');
    }
  });
});
