import { exec } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { promisify } from 'node:util';

/** Serves the built page as VS Code would show it, with the same content security policy. */

export interface Served {
  /** Ends in a slash; takes `?case=` and `?theme=`. */
  readonly url: string;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
};

/** Builds page and harness into a folder of its own and serves them on a free port. */
export async function servePage(): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-page-'));
  await build(folder);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/') {
      const nonce = randomBytes(12).toString('hex');
      response.writeHead(200, {
        'content-type': 'text/html',
        'content-security-policy': policy(nonce),
      });
      response.end(html(nonce));
      return;
    }
    readFile(join(folder, basename(path))).then(
      (body) => {
        response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** By the very line of package.json that builds the product, into another folder. */
async function build(folder: string): Promise<void> {
  const run = promisify(exec);
  await run(`npm run --silent build:webview -- --outdir="${folder}"`);
  const harness = 'test/webview/harness/host.ts';
  await run(`npx esbuild ${harness} --bundle --format=iife --outfile="${folder}/harness.js"`);
}

/** As the extension sets it; the hash is that of the empty style sheet the toolkit makes. */
function policy(nonce: string): string {
  return [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='`,
    `img-src 'self' data:`,
    `font-src 'self'`,
  ].join('; ');
}

function html(nonce: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Trace</title>
    <link rel="stylesheet" href="codicon.css">
    <link rel="stylesheet" href="trace.css">
  </head>
  <body>
    <div id="root" data-trace-id="0af7651916cd43dd8448eb211c80319c"></div>
    <script nonce="${nonce}" src="harness.js"></script>
    <script nonce="${nonce}" src="trace.js"></script>
  </body>
</html>`;
}
