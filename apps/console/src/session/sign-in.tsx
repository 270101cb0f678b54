import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useTRPC } from '../baton-provider.tsx';
import { errorMessage } from '../format/error-message.ts';
import { Button } from '../ui/button.tsx';
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

/** Signs in with the link's token, or asks for a link. */
export default function SignIn({ linkToken, onSignedIn }: SignInProps) {
  const trpc = useTRPC();
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
        <Button variant="primary" type="submit" disabled={isPending} className="self-start">
          Sign in
        </Button>
      </form>
    </SignInLayout>
  );
}
