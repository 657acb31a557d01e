import type { Io } from "../cli/io.ts";
import { diagnose, type DoctorPorts } from "../doctor.ts";
import { spawner } from "../engine/spawn.ts";
import { surroundings } from "../engine/surroundings.ts";
import { ExitCode } from "../errors.ts";
import type { DoctorOptions } from "../options.ts";
import { doctorLines, doctorValue, hasFailed } from "../ui/doctor.ts";
import { toldTable } from "../ui/told.ts";
import { version } from "../version.ts";
import { telling } from "./display.ts";
import { interruptible } from "./interrupt.ts";

/** `kerek doctor` at the edge. */
export async function runDoctor(
  options: DoctorOptions,
  io: Io,
  ports: DoctorPorts = realPorts(options),
): Promise<ExitCode> {
  return await telling(options.compose, io, async ({ emit }) => {
    const findings = await interruptible((orStop) => orStop(diagnose(options, ports)));
    const { format } = options;
    emit(toldTable("doctor", doctorValue(findings), { format, lines: doctorLines(findings) }));
    return hasFailed(findings) ? ExitCode.untouched : ExitCode.done;
  });
}

function realPorts({ engine }: DoctorOptions): DoctorPorts {
  const isDenied = (name: "write") => Deno.permissions.querySync({ name }).state !== "granted";
  return {
    spawner,
    surroundings: surroundings(engine),
    self: {
      version,
      deno: Deno.version.deno,
      isStandalone: Deno.build.standalone,
      denied: (["write"] as const).filter(isDenied),
    },
  };
}
