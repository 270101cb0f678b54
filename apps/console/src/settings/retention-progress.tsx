import type { Retention } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import { formatCount } from '../format/labels.ts';
import { pastLimitWords } from '../privacy/count-words.ts';
import { Progress } from '../privacy/progress.tsx';
import { Time } from '../ui/time.tsx';
import { Setting } from './setting.tsx';

/** How far erasing what is past the limit has come. */
export function RetentionProgress({ retention: { left, run, nextAt } }: { retention: Retention }) {
  const isRunning = run !== null && run.finishedAt === null;
  return (
    <>
      {left !== null && (
        <Setting name="Past the limit" note="Still to be erased">
          {left.conversations + left.contacts === 0 ? 'Nothing' : pastLimitWords(left)}
        </Setting>
      )}
      <Setting name={isRunning ? 'This run' : 'The last run'}>
        {run === null ? (
          <span className="text-ink-3">None yet: servers begin within seconds.</span>
        ) : (
          <>
            <div role="status">
              {isRunning && (
                <Progress
                  label="How much is erased"
                  value={run.conversations}
                  max={left?.complete === true ? run.conversations + left.conversations : undefined}
                />
              )}
              <p className={isRunning ? 'mt-1' : undefined}>
                {isRunning ? 'Erasing: ' : 'Erased '}
                {pastLimitWords({ ...run, complete: true })}
                {isRunning && ' so far'}
              </p>
            </div>
            <p className="text-meta text-ink-3">
              began <Time at={run.startedAt} />
              {run.finishedAt !== null && (
                <>
                  {' · ended '}
                  <Time at={run.finishedAt} />
                </>
              )}
              {' · what has not changed since '}
              <Time at={run.before} />
            </p>
            {run.failed > 0 && (
              <p className="mt-1">
                {formatCount(run.failed, 'conversation')} could not be erased; the next run tries again.
              </p>
            )}
            {run.lastError !== null && (
              <p className="text-meta text-ink-2">
                Last error: {run.lastError.code}, <Time at={run.lastError.at} />
                {run.lastError.conversationId !== null && (
                  <>
                    {', '}
                    <Link
                      to="/inbox/$conversationId"
                      params={{ conversationId: run.lastError.conversationId }}
                      className="text-accent underline underline-offset-3"
                    >
                      in this conversation
                    </Link>
                  </>
                )}
              </p>
            )}
          </>
        )}
      </Setting>
      {nextAt !== null && !isRunning && (
        <Setting name="The next run">
          <Time at={nextAt} />
        </Setting>
      )}
    </>
  );
}
