/** Runs the pretended model beside the agent, so that the sample works without an API key. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const fileHere = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Starts the model server in a process of its own and gives its base URL. The server ends with this
 * process, whose own end it never delays; `close` ends it earlier.
 */
export async function startScriptedModel() {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(
    process.execPath,
    [fileHere('server.mjs'), '--script', fileHere('script.mjs')],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env,
      windowsHide: true,
    },
  );
  const url = await new Promise((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The scripted model ended with code ${code}.`)));
  });
  for (const handle of [child, child.stdin, child.stdout]) handle.unref();
  return { url, close: () => child.stdin.end() };
}
