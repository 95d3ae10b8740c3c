import { createServer } from 'node:http';
import { gunzipSync, inflateSync } from 'node:zlib';

/**
 * Stands in for a collector: keeps the OTLP bodies it is sent. Requests joined end to end are one
 * request in protobuf, so a capture is a single file however often the SDK exported.
 */
export async function startCatcher() {
  const traces = [];
  const logs = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = inflated(Buffer.concat(chunks), request.headers['content-encoding']);
      if (request.method === 'POST' && request.url.includes('/v1/logs')) logs.push(body);
      else if (request.method === 'POST' && !request.url.includes('/v1/metrics')) traces.push(body);
      const isInfo = request.method === 'GET' && request.url.endsWith('/v1/info');
      response.setHeader('content-type', isInfo ? 'application/json' : 'application/x-protobuf');
      response.end(isInfo ? '{"project_name":"capture","project_url":"http://localhost"}' : '');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    traces: () => Buffer.concat(traces),
    logs: () => Buffer.concat(logs),
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

function inflated(body, encoding) {
  if (encoding === 'gzip') return gunzipSync(body);
  return encoding === 'deflate' ? inflateSync(body) : body;
}
