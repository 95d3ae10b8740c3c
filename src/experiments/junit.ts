import { type Report, whyNot } from './report';
import type { CaseResult } from './verdict';

/** JUnit's XML, as continuous integration reads it: a test suite with a test a case. */
export function junitXml(report: Report): string {
  const cases = report.cases.filter(({ change }) => change !== 'removed');
  const count = (status: CaseResult['status']) =>
    cases.filter((one) => one.status === status).length;
  const time = cases.reduce((sum, one) => sum + seconds(one), 0);
  const suite = attributes({
    ...{ name: report.experiment, tests: cases.length, errors: count('error') },
    ...{ failures: count('failed') + count('flaky'), skipped: 0, time: time.toFixed(3) },
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites>`,
    `<testsuite${suite}>`,
    ...properties({ 'glassbox.experiment.run.id': report.runId, passRate: report.passRate }),
    ...cases.flatMap((one) => testCase(report.experiment, one)),
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(experiment: string, one: CaseResult): readonly string[] {
  const name = { classname: experiment, name: one.id, time: seconds(one).toFixed(3) };
  const traces = one.repeats.flatMap(({ traceId }) => traceId ?? []);
  const output = one.repeats.flatMap(({ output }) =>
    output === undefined ? [] : typeof output === 'string' ? output : JSON.stringify(output),
  );
  return [
    `<testcase${attributes(name)}>`,
    ...properties({ change: one.change, passRate: one.passRate, traceIds: traces.join(' ') }),
    ...(one.status === 'passed' ? [] : [failure(one)]),
    ...(output.length === 0 ? [] : [`<system-out>${escaped(output.join('\n'))}</system-out>`]),
    '</testcase>',
  ];
}

function failure(one: CaseResult): string {
  const kind = one.status === 'error' ? 'error' : 'failure';
  const lines = one.repeats.flatMap(({ error, scores }, repeat) => [
    ...(error === undefined ? [] : [`repeat ${repeat + 1}: ${error}`]),
    ...scores
      .filter(({ passed }) => !passed)
      .map(({ evaluator, reason }) => `repeat ${repeat + 1}: ${evaluator}: ${reason}`),
  ]);
  const head = attributes({ type: one.status, message: whyNot(one) });
  return `<${kind}${head}>${escaped(lines.join('\n'))}</${kind}>`;
}

function properties(values: Readonly<Record<string, string | number>>): readonly string[] {
  const lines = Object.entries(values).map(
    ([name, value]) => `<property${attributes({ name, value })}/>`,
  );
  return ['<properties>', ...lines, '</properties>'];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replace(/[\t\n\r]/g, ' ')}"`)
    .join('');
}

/** Characters that XML forbids even when escaped become the replacement character. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex -- control characters are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}

function seconds({ repeats }: CaseResult): number {
  return repeats.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
}
