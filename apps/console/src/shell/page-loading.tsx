import { SkeletonLines } from '../ui/skeleton.tsx';

export function PageLoading() {
  return (
    <div className="mx-auto w-full max-w-3xl p-6">
      <SkeletonLines lines={6} />
    </div>
  );
}
