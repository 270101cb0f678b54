import { enableCompileCache } from 'node:module';

// Compiling the modules takes longer than most commands run. Only imports after this call are cached.
enableCompileCache();
const { connectToServer } = await import('./local/connection.ts');
const { run } = await import('./program.ts');
const { createTerminal } = await import('./output/terminal.ts');

// A closed pipe, as in `baton list | head`, is no error.
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
