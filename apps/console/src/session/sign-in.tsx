import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useTRPC } from '../baton-provider.tsx';
import { errorMessage } from '../format/error-message.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { TextField } from '../ui/text-field.tsx';
import { SignInLayout } from './sign-in-layout.tsx';
import { parseToken } from './sign-in-token.ts';

/** Sign-in tokens work once. */
let isTokenUsed = false;

export type SignInProps = {
  /** The token in the page's address. */
  linkToken: string | null;
  onSignedIn: () => Promise<void>;
};

/** Where the person wants to go; the token of a link has left the address. */
const hereAddress = () => `${location.pathname}${location.search}`;

/** Signs in with the link's token, by the company, or asks for a link. */
export default function SignIn({ linkToken, onSignedIn }: SignInProps) {
  const trpc = useTRPC();
  // Where it cannot be asked, as of a server of the version before, a link signs in.
  const company = useQuery(trpc.session.methods.queryOptions()).data?.company ?? null;
  const [text, setText] = useState('');
  const [inputError, setInputError] = useState<string>();
  const [isSigningInByLink, setSigningInByLink] = useState(linkToken !== null && !isTokenUsed);
  const { mutate, isPending } = useMutation(
    trpc.session.signIn.mutationOptions({
      onSuccess: onSignedIn,
      onError: (error) => {
        setSigningInByLink(false);
        setInputError(errorMessage(error));
      },
    }),
  );

  useEffect(() => {
    if (linkToken === null || isTokenUsed) return;
    mutate({ token: linkToken });
    isTokenUsed = true;
  }, [mutate, linkToken]);

  function submit(event: FormEvent): void {
    event.preventDefault();
    const token = parseToken(text);
    if (token === null) setInputError('This is neither a sign-in link nor its token.');
    else mutate({ token });
  }

  if (isSigningInByLink) {
    return (
      <SignInLayout title="Signing in">
        <SkeletonLines lines={3} />
      </SignInLayout>
    );
  }
  return (
    <SignInLayout title="Sign in to Baton">
      {company !== null && (
        <div className="mt-4 mb-6 border-b border-line pb-6">
          <ButtonLink variant="primary" href={`${company}?to=${encodeURIComponent(hereAddress())}`}>
            Sign in with your company
          </ButtonLink>
        </div>
      )}
      <p className="mb-5 text-ink-2">
        Open the link that <code>baton start</code> or <code>baton sign-in</code> prints. A link works once;
        it can be pasted here too.
      </p>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextField
          label="Sign-in link"
          value={text}
          error={inputError}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            setInputError(undefined);
          }}
        />
        <Button
          variant={company === null ? 'primary' : 'plain'}
          type="submit"
          disabled={isPending}
          className="self-start"
        >
          Sign in
        </Button>
      </form>
    </SignInLayout>
  );
}
