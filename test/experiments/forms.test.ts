import { describe, expect, test } from 'vitest';
import { baselineOf } from '../../src/experiments/baseline';
import { junitXml } from '../../src/experiments/junit';
import { reportOf } from '../../src/experiments/report';
import { markdownSummary } from '../../src/experiments/summary';
import { judgeCases, type RanCase } from '../../src/experiments/verdict';
import { ran } from './results';

const baseline = baselineOf({ experiment: 'e', datasetHash: 'd' }, [
  ...[ran('kept', '+'), ran('broke', '+++++'), ran('gone', '+')],
]).cases;

function report(...cases: RanCase[]) {
  const gate = { passRate: 0.9 };
  return reportOf({ experiment: 'sup & port', runId: 'r1', gate }, judgeCases(cases, baseline));
}

const hostile = 'a <b> "c" & \u0000\ud800 ]]> | `x` @everyone https://example.org\n# d';
const whole = report(
  ran('kept', '+'),
  ran('broke', '-----'),
  ran('wobbly', '+-'),
  ran('dead', '!'),
  ran(hostile, '-', { output: hostile }),
);

describe('JUnit', () => {
  const xml = junitXml(whole);

  test('counts what ran, and tells broken from failed', () => {
    expect(xml).toContain(
      '<testsuite name="sup &amp; port" tests="5" errors="1" failures="3" skipped="0" time="1.000">',
    );
    expect(xml).toContain('<testcase classname="sup &amp; port" name="kept" time="0.100">');
    expect(xml).toContain('<error type="error" message="It crashed.">repeat 1: It crashed.');
    expect(xml).toContain('<failure type="flaky"');
    expect(xml).toContain('<property name="traceIds" value="ab12 ab12"/>');
    expect(xml).not.toContain('gone');
  });

  test('is well formed whatever the outputs hold', () => {
    const withoutTags = xml.replace(/<[^<>]*>/g, '');
    expect(withoutTags).not.toMatch(/[<>"]|&(?!amp;|lt;|gt;|quot;)/);
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(xml).not.toMatch(/[\u0000-\u0008]/);
    expect(xml.isWellFormed()).toBe(true);
    const opened = [...xml.matchAll(/<([\w-]+)(?:\s[^<>]*)?(?<!\/)>/g)]
      .map(([, name]) => name)
      .sort();
    const closed = [...xml.matchAll(/<\/([\w-]+)>/g)].map(([, name]) => name).sort();
    expect(opened.filter((name) => name !== 'xml')).toEqual(closed);
  });
});

describe('the summary', () => {
  const text = markdownSummary(whole);
  const rows = text.split('\n').filter((line) => line.startsWith('| '));

  test('says the result first, then why the gate failed, then what changed', () => {
    expect(text).toMatch(/^### ❌ sup &amp; port: 30 % of cases pass\n/);
    expect(text).toContain('\n- The pass rate is 30 %, below 90 %.\n');
    expect(text).toMatch(/5 cases: 1 passed, 2 failed, 1 flaky, 1 error · 1 broken against/);
    expect(rows[1]).toBe(
      '| broke | ❌ failed | 0/5 | **broken** | exact: Expected "a", the output is "b". |',
    );
    expect(rows.some((row) => row.startsWith('| kept'))).toBe(false);
    expect(rows.at(-1)).toMatch(/^\| gone \| +\| +\| removed/);
  });

  test('lets nothing in a cell format, link, notify or break out', () => {
    const row = rows.find((line) => line.startsWith('| a '));
    expect(row).toContain('a &lt;b&gt; "c" &amp;');
    expect(row).toContain('\\| \\`x\\` @\u200beveryone https:\u200b//example.org \\# d');
    expect(row?.match(/(?<!\\)\|/g)).toHaveLength(6);
  });

  test('says how many repeats would decide', () => {
    const { cases } = baselineOf({ experiment: 'e', datasetHash: 'd' }, [ran('a', '+')]);
    const judged = judgeCases([ran('a', '-')], cases);
    const undecided = reportOf({ experiment: 'e', runId: 'r', gate: undefined }, judged);
    expect(markdownSummary(undecided)).toContain('broken? (19 more repeats would decide)');
  });

  test('is short where nothing is to be told, and cut where too much is', () => {
    expect(markdownSummary(report(ran('kept', '+'))).includes('| kept')).toBe(false);
    const many = Array.from({ length: 130 }, (_, index) => ran(`case ${index}`, '-'));
    expect(markdownSummary(report(...many))).toMatch(/… and 33 more\.\n$/);
  });
});
