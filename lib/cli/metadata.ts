import { version } from "../version.ts";

/** What docker asks each of its plugins before anything else, even for `docker --help`. */
export const metadata = {
  SchemaVersion: "0.1.0",
  Vendor: "kerek",
  Version: version,
  ShortDescription: "Deploy Compose projects with zero downtime",
};
