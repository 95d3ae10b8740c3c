import { delimiter } from 'node:path';
import { describe, expect, test } from 'vitest';
import { captureEnvironment, type Capture } from '../../src/run/environment';
import { parseEnvFile } from '../../src/run/envFile';

const capture: Capture = {
  level: 'full',
  endpoint: 'http://127.0.0.1:24200/w/abc',
  workspace: 'w1',
  hooksFolder: '/storage with space/hooks',
};

describe('capture environment', () => {
  test('the full set over an empty environment', () => {
    expect(captureEnvironment({ ...capture, runId: 'r1', notesFile: '/n' }, {})).toEqual({
      GLASSBOX_ENDPOINT: `${capture.endpoint}/run/r1`,
      GLASSBOX_RUN_NOTES: '/n',
      OTEL_EXPORTER_OTLP_ENDPOINT: `${capture.endpoint}/run/r1`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_RESOURCE_ATTRIBUTES: 'glassbox.workspace=w1,glassbox.run.id=r1',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_BLRP_SCHEDULE_DELAY: '200',
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '10000',
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
      LITELLM_OTEL_INTEGRATION_ENABLE_EVENTS: 'true',
      LOGFIRE_SEND_TO_LOGFIRE: 'if-token-present',
      NODE_OPTIONS: '--require "/storage with space/hooks/node.cjs"',
      PYTHONPATH: '/storage with space/hooks/python',
    });
  });

  test('a run replaces what the terminal around it was given', () => {
    const terminal = captureEnvironment(capture, {});
    expect(terminal.OTEL_EXPORTER_OTLP_ENDPOINT).toBe(capture.endpoint);
    const run = captureEnvironment({ ...capture, runId: 'r1' }, terminal);
    expect(run.OTEL_EXPORTER_OTLP_ENDPOINT).toBe(`${capture.endpoint}/run/r1`);
  });

  test('lists are appended to', () => {
    const base = {
      NODE_OPTIONS: '--max-old-space-size=4096',
      PYTHONPATH: '/mine',
      OTEL_RESOURCE_ATTRIBUTES: 'team=a',
    };
    expect(captureEnvironment(capture, base)).toMatchObject({
      NODE_OPTIONS: `--max-old-space-size=4096 --require "${capture.hooksFolder}/node.cjs"`,
      PYTHONPATH: `/mine${delimiter}${capture.hooksFolder}/python`,
      OTEL_RESOURCE_ATTRIBUTES: 'team=a,glassbox.workspace=w1',
    });
  });

  test('appending twice is appending once', () => {
    const once = captureEnvironment(capture, {});
    expect(captureEnvironment(capture, once)).toMatchObject({
      NODE_OPTIONS: once.NODE_OPTIONS,
      PYTHONPATH: once.PYTHONPATH,
    });
  });

  test.each([
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example' },
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector.example/v1/traces' },
    { OTEL_TRACES_EXPORTER: 'console' },
  ])('an exporter of the user’s own stays theirs: %o', (base) => {
    const variables = captureEnvironment(capture, base);
    const touched = Object.keys(variables).filter((name) => name.startsWith('OTEL_EXPORTER'));
    expect(touched).toEqual([]);
    expect(variables.GLASSBOX_ENDPOINT).toBe(capture.endpoint);
    expect(variables.NODE_OPTIONS).toContain('node.cjs');
  });

  test('single values the user set are not replaced', () => {
    const base = { OTEL_BSP_SCHEDULE_DELAY: '1000', LOGFIRE_SEND_TO_LOGFIRE: 'true' };
    const variables = captureEnvironment(capture, base);
    expect(variables).not.toHaveProperty('OTEL_BSP_SCHEDULE_DELAY');
    expect(variables).not.toHaveProperty('LOGFIRE_SEND_TO_LOGFIRE');
  });

  test('without hooks, only what OpenTelemetry reads', () => {
    const variables = captureEnvironment({ ...capture, level: 'otel' }, {});
    expect(variables).not.toHaveProperty('NODE_OPTIONS');
    expect(variables).not.toHaveProperty('PYTHONPATH');
    expect(variables).toHaveProperty('OTEL_EXPORTER_OTLP_ENDPOINT');
  });
});

test('env files', () => {
  const text = [
    '# comment',
    'PLAIN=value # trailing',
    'export EXPORTED=yes',
    "SINGLE='a # b\\n'",
    'DOUBLE="line\\nnext \\"q\\""',
    'EMPTY=',
    'not a line',
    '  SPACED = x ',
    'URL=http://host/#part',
  ].join('\r\n');
  expect(parseEnvFile(text)).toEqual({
    PLAIN: 'value',
    EXPORTED: 'yes',
    SINGLE: 'a # b\\n',
    DOUBLE: 'line\nnext "q"',
    EMPTY: '',
    SPACED: 'x',
    URL: 'http://host/#part',
  });
});
