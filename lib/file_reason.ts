/** Why a file cannot be written, in words instead of the operating system's. */
export function fileReason(error: unknown): string {
  if (error instanceof Deno.errors.AlreadyExists) return "it is there already";
  if (error instanceof Deno.errors.NotFound) return "its folder is not there";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  if (error instanceof Deno.errors.NotADirectory) return "a file stands where its folder should be";
  return error instanceof Error ? error.message.replace(/ \(os error \d+\).*$/, "") : String(error);
}
