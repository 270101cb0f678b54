import { connectBaton } from './connection.ts';
import { run } from './program.ts';
import { terminalOf } from './terminal.ts';

// A reader that has seen enough, as `baton list | head`, ends the run without a word.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

await run(process.argv.slice(2), {
  terminal: terminalOf(),
  connect: () => connectBaton(process.env, process.cwd()),
  setExitCode: (code) => {
    process.exitCode = code;
  },
});
