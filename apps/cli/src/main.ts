import { enableCompileCache } from 'node:module';

// To compile the modules takes longer than most commands run: Node keeps those that are imported from here on.
enableCompileCache();
const { connectToServer } = await import('./local/connection.ts');
const { run } = await import('./program.ts');
const { createTerminal } = await import('./output/terminal.ts');

// A reader that has seen enough, as `baton list | head`, ends the run without a word.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

await run(process.argv.slice(2), {
  terminal: createTerminal(),
  connect: () => connectToServer(process.env, process.cwd()),
  setExitCode: (code) => {
    process.exitCode = code;
  },
});
