// The image's health check: it has Node and no shell. 0 while the process answers, whatever MongoDB does.
const port = process.env['BATON_PORT'] || '4000';
const isWell = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2_500) }).then(
  ({ ok }) => ok,
  () => false,
);
process.exit(isWell ? 0 : 1);
