import { makeTrace, observation, type Made } from './traces';

/**
 * A trace with an attack in every field. `window.attacked` must never be set, nothing may be
 * asked of the network.
 */
export const payloads: readonly string[] = [
  `<script>window.attacked = 1</script>`,
  `<img src=x onerror="window.attacked = 1">`,
  `<svg onload="window.attacked = 1"><circle r=5></svg>`,
  `"><iframe srcdoc="<script>parent.attacked = 1</script>"></iframe>`,
  `<a href="javascript:window.attacked = 1">click</a>`,
  `[click](javascript:window.attacked=1)`,
  `[click](data:text/html;base64,PHNjcmlwdD5hdHRhY2tlZD0xPC9zY3JpcHQ+)`,
  `[click](command:workbench.action.terminal.new)`,
  `[click](vscode://evil.example/run)`,
  `![pixel](http://evil.example/pixel.png)`,
  `![pixel](//evil.example/pixel.png)`,
  `<link rel="stylesheet" href="http://evil.example/style.css">`,
  `<style>@import url("http://evil.example/style.css"); * { background: url(http://evil.example/b.png) }</style>`,
  `<base href="http://evil.example/"><form action="http://evil.example/"><input autofocus onfocus="window.attacked=1">`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.attacked=1&gt;">`,
  `<details open ontoggle="window.attacked=1">`,
  `<video><source onerror="window.attacked=1"></video>`,
  `<object data="http://evil.example/x"></object><embed src="http://evil.example/x">`,
  `<https://evil.example/auto> and www.evil.example`,
  `[ref]: http://evil.example "onmouseover=window.attacked=1"\n\n[ref]`,
  `<div id="root"></div><div id="panel"></div>`,
  `{{constructor.constructor('window.attacked=1')()}}`,
  '`<img src=x onerror=window.attacked=1>`',
  `\u202e]gnp.exe[\u202c`,
];

export function hostile(): Made {
  const all = payloads.join('\n\n');
  const root = observation({
    from: 0,
    to: 1000,
    kind: 'generation',
    name: payloads[1],
    model: payloads[0],
    agentName: payloads[2],
    requestedModel: payloads[3],
    sessionId: payloads[1],
    userId: payloads[2],
    tags: [payloads[0] ?? ''],
    serviceName: payloads[1],
    status: 'error',
    statusMessage: all,
    finishReasons: [payloads[1] ?? ''],
    input: all,
    output: { [payloads[0] ?? '']: payloads, __proto__: { polluted: true } },
    toolDefinitions: [
      { name: payloads[1] ?? '', description: payloads[0], parameters: { x: all } },
    ],
    inputMessages: [
      { role: 'system', name: payloads[1], parts: [{ type: 'text', text: 'short' }] },
      ...payloads.map((text) => ({
        role: 'user' as const,
        parts: [{ type: 'text' as const, text }],
      })),
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: all },
          { type: 'toolCall', id: '1', name: payloads[1] ?? '', arguments: all },
          { type: 'media', mime: 'image/png"onerror="window.attacked=1', data: 'x' },
          { type: 'media', mime: 'image/png', data: '" onerror="window.attacked=1' },
          {
            type: 'media',
            mime: 'image/svg+xml',
            data: 'PHN2Zz4=',
            url: 'javascript:window.attacked=1',
          },
          { type: 'media', mime: 'text/html', url: 'http://evil.example/x.html' },
          { type: 'raw', value: { html: all } },
        ],
      },
      { role: 'tool', parts: [{ type: 'toolResult', id: '1', result: all, isError: true }] },
    ],
    outputMessages: [{ role: 'assistant', parts: [{ type: 'text', text: all }] }],
    source: { file: payloads[1] ?? '', line: 1 },
    dialect: { model: payloads[1] ?? '' },
    events: [
      {
        name: 'exception',
        time: 0,
        attributes: {
          'exception.type': payloads[0] ?? '',
          'exception.message': all,
          'exception.stacktrace': `Error: ${all}\n    at <img src=x onerror=window.attacked=1> (/x/y.js:1:1)`,
        },
      },
      { name: payloads[1] ?? '', time: 1, attributes: { [payloads[0] ?? '']: all } },
    ],
    attributes: Object.fromEntries(payloads.map((text) => [text, text])),
  });
  const rows = payloads.map((name, index) =>
    observation({
      from: index,
      to: index + 10,
      kind: 'tool',
      name,
      toolName: name,
      parentSpanId: root.spanId,
    }),
  );
  return makeTrace([root, ...rows]);
}
