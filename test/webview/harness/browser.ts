import { chromium, type Browser } from 'playwright-core';
import { findBrowser } from '../../../scripts/setup.mjs';

/** Chromium as installed, quiet and offline but for the loopback. */
export function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: findBrowser(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  });
}
