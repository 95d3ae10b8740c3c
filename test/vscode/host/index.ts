import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/**
 * What VS Code runs as the test suite of the extension host. Every resolution counts as success
 * there, so a failing test must reject. The report goes to a file, because the console of the
 * extension host is full of what the editor itself says.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: Mocha.reporters.Base });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await import('./suites.ts');
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const report: string[] = [];
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on('pass', (test) => {
        counts.passed++;
        report.push(`  ok ${test.fullTitle()}`);
      })
      .on('fail', (test, error: Error) => {
        counts.failed++;
        report.push(`  FAILED ${test.fullTitle()}`, error.stack ?? error.message);
      })
      .on('pending', (test) => {
        counts.skipped++;
        report.push(`  skipped ${test.fullTitle()}`);
      });
  });
  const file = process.env.GLASSBOX_TEST_RESULTS;
  if (file) writeFileSync(file, JSON.stringify({ ...counts, report }));
  else console.log(report.join('\n'));
  if (counts.failed > 0) throw new Error(`${counts.failed} tests failed.`);
}
