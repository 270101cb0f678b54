import { type Browser, chromium } from 'playwright-core';

/** What of Chromium no page needs. Of two such lists Chromium reads the last: Playwright's own stands here again. */
const DISABLED_FEATURES = [
  // For each window they draw what drops from the address bar, in a renderer of its own, before anybody sees it.
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  // A frame of its own for each document of a page: what watches the frame before then stops the count of both.
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
      // A page lives for seconds: to optimise its code, or to do it beside the page, costs more than it saves.
      '--js-flags=--single-threaded,--no-opt,--no-maglev',
      `--disable-features=${DISABLED_FEATURES.join(',')}`,
    ],
  });
}
