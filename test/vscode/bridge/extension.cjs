// An extension of its own beside Glassbox: a test posts a function, it runs
// here with `vscode`, and its result goes back as JSON. Not a test suite, because VS Code refuses
// to show dialogs while one runs.
const { createServer } = require('node:http');
const { renameSync, writeFileSync } = require('node:fs');
const vscode = require('vscode');

function activate(context) {
  const { GLASSBOX_TEST_BRIDGE: file, GLASSBOX_TEST_SECRET: secret } = process.env;
  if (!file || !secret) return;
  const server = createServer((request, response) => void answer(request, response, secret));
  server.listen(0, '127.0.0.1', () => {
    writeFileSync(`${file}.new`, `http://127.0.0.1:${server.address().port}`);
    renameSync(`${file}.new`, file);
  });
  context.subscriptions.push({ dispose: () => server.close() });
}

async function answer(request, response, secret) {
  if (request.headers.authorization !== secret) return response.writeHead(401).end();
  let body = '';
  for await (const chunk of request) body += chunk;
  try {
    const { source, parameters } = JSON.parse(body);
    const call = new Function(`return (${source})`)();
    const value = await call(vscode, ...parameters);
    response.end(JSON.stringify({ value }));
  } catch (error) {
    response.end(JSON.stringify({ error: String(error?.stack ?? error) }));
  }
}

module.exports = { activate };
