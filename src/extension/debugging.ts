import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { parseEnvFile } from '../run/envFile';
import type { Services } from './services';

/** Debug types whose `env` reaches the program they launch. */
const launchTypes = new Set([
  ...['node', 'pwa-node', 'node-terminal', 'python', 'debugpy', 'go', 'dart', 'ruby', 'coreclr'],
]);

/** Gives debug sessions the full capture environment, beside what their configuration sets. */
export function registerDebugCapture(services: Services): vscode.Disposable {
  return vscode.debug.registerDebugConfigurationProvider('*', {
    async resolveDebugConfigurationWithSubstitutedVariables(_folder, configuration) {
      if (!receivesCapture(configuration)) return configuration;
      const own = await ownEnvironment(configuration);
      const variables = services.capture.runEnvironment({ ...process.env, ...own });
      const env = { ...variables, ...(configuration.env as object | undefined) };
      for (const name of ['NODE_OPTIONS', 'PYTHONPATH', 'OTEL_RESOURCE_ATTRIBUTES']) {
        const value = variables[name];
        if (value !== undefined) Object.assign(env, { [name]: value });
      }
      return { ...configuration, env };
    },
  });
}

/** Child sessions inherit their parent's environment; attaching starts nothing. */
function receivesCapture(configuration: vscode.DebugConfiguration): boolean {
  return (
    configuration.request === 'launch' &&
    launchTypes.has(configuration.type) &&
    !('__parentId' in configuration) &&
    !('__pendingTargetId' in configuration)
  );
}

/** What the configuration itself sets: its `env` over its `envFile`. */
async function ownEnvironment(
  configuration: vscode.DebugConfiguration,
): Promise<Record<string, string>> {
  const { envFile, env } = configuration as { envFile?: unknown; env?: Record<string, string> };
  const text = typeof envFile === 'string' ? await readFile(envFile, 'utf8').catch(() => '') : '';
  return { ...parseEnvFile(text), ...env };
}
