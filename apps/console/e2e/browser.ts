import { type Browser, chromium } from 'playwright-core';

/** Chromium only reads the last list of disabled features, so this one repeats Playwright's. */
const DISABLED_FEATURES = [
  // They start a renderer for each window's address bar popup.
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  // A new frame for each document would end the coverage of the old one.
  'RenderDocument',
  // Playwright's.
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Pages live for seconds, so optimising their code does not pay off.
      '--js-flags=--single-threaded,--no-opt,--no-maglev',
      `--disable-features=${DISABLED_FEATURES.join(',')}`,
    ],
  });
}
