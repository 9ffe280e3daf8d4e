// The cluster's memory and its rules: MariaDB and slurmdbd, each with files and ports of their own. With them there are
// sacct, accounts, and the limits that a site sets on how much one user may submit.
import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "./configuration.ts";
import { Daemon } from "./daemon.ts";
import { eventually, NotYet } from "./eventually.ts";
import { must, run } from "./programs.ts";

export interface AccountingPlace extends Place {
  /** Of the cluster's commands and daemons. */
  readonly env: Readonly<Record<string, string>>;
}

/** The account that root's jobs are counted to. */
export const account = "lab";

export async function startAccounting(place: AccountingPlace): Promise<Accounting> {
  const accounting = new Accounting(place);
  await startDatabase(place);
  await accounting.start();
  await accounting.manage("add", "cluster", place.name);
  await accounting.manage("add", "account", account);
  await accounting.manage("add", "user", "root", `account=${account}`);
  return accounting;
}

export class Accounting {
  readonly #place: AccountingPlace;
  #daemon: Daemon | undefined;

  constructor(place: AccountingPlace) {
    this.#place = place;
    writeSlurmdbdConf(place);
  }

  async start(): Promise<void> {
    const { folder, env } = this.#place;
    const log = join(folder, "log", "slurmdbd.out");
    const daemon = new Daemon(["slurmdbd", "-D"], { name: "slurmdbd", log, env });
    this.#daemon = daemon;
    await eventually("slurmdbd answers", async () => {
      daemon.mustLive();
      const { status, stderr } = await run(["sacctmgr", "-n", "show", "cluster"], { env });
      return status === 0 || new NotYet(stderr.trim());
    });
  }

  /** Jobs go on to be taken and run; sacct and sacctmgr fail. */
  async stop(): Promise<void> {
    await this.#daemon?.end("SIGKILL");
  }

  /** `sacctmgr`, with all its questions answered by yes. */
  async manage(...args: readonly string[]): Promise<string> {
    return await must(["sacctmgr", "--immediate", ...args], { env: this.#place.env });
  }

  /**
   * Sets limits, as `limit("user", "root", "MaxSubmitJobs=3")` or `limit("qos", "normal", "MaxWall=1")`, and waits until
   * the controller knows them; -1 lifts one.
   */
  async limit(kind: "user" | "account" | "qos", name: string, ...settings: readonly string[]): Promise<void> {
    await this.manage("modify", kind, name, "set", ...settings);
    const { env } = this.#place;
    const flags = kind === "qos" ? ["flags=qos", `qos=${name}`] : ["flags=assoc", `${kind}s=${name}`];
    for (const setting of settings) {
      const [key = "", value = ""] = setting.split("=");
      const shown = new RegExp(`${shownAs(key)}=${value === "-1" ? "(N|\\s|$)" : `${value}\\b`}`);
      await eventually(`the controller knows ${setting} of ${name}`, async () =>
        shown.test(await must(["scontrol", "-o", "show", "assoc_mgr", ...flags], { env })),
      );
    }
  }
}

/** Some keys are shown in another way than they are set. */
function shownAs(key: string): string {
  const others: Readonly<Record<string, string>> = {
    MaxSubmitJobs: "MaxSubmitJobs",
    MaxSubmitJobsPerUser: "MaxSubmitJobsPU",
    MaxJobsPerUser: "MaxJobsPU",
    MaxWall: "MaxWallPJ",
  };
  return others[key] ?? key;
}

async function startDatabase({ folder, slot, env }: AccountingPlace): Promise<void> {
  const own = join(folder, "database");
  const socket = join(own, "socket");
  mkdirSync(own);
  await must(["chown", "mysql:mysql", own]);
  const data = `--datadir=${join(own, "data")}`;
  await must(
    [
      ...["mariadb-install-db", "--no-defaults", "--user=mysql", data, "--skip-test-db"],
      "--auth-root-authentication-method=normal",
    ],
    { env },
  );
  const daemon = new Daemon(
    [
      ...["mariadbd", "--no-defaults", "--user=mysql", data, `--socket=${socket}`],
      ...[`--port=${slot.ports.database}`, "--bind-address=127.0.0.1", `--pid-file=${join(own, "pid")}`],
      // slurmdbd asks for some room and much patience; nobody needs this database after a crash.
      ...["--innodb-buffer-pool-size=64M", "--innodb-lock-wait-timeout=900"],
      ...["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0"],
    ],
    { name: "mariadbd", log: join(folder, "log", "mariadbd.out"), env },
  );
  await eventually("mariadbd listens", () => {
    daemon.mustLive();
    return statSync(socket, { throwIfNoEntry: false })?.isSocket() === true;
  });
  const statements = [
    "create database slurm_acct_db",
    ...["127.0.0.1", "localhost"].flatMap((host) => [
      `create user 'slurm'@'${host}' identified by 'x'`,
      `grant all on slurm_acct_db.* to 'slurm'@'${host}'`,
    ]),
  ];
  await must(["mariadb", "--no-defaults", "-S", socket, "-uroot", "-e", statements.join("; ")], { env });
}

/** Looked for beside slurm.conf, and refused if anybody else could read it. */
function writeSlurmdbdConf({ folder, slot }: Place): void {
  const path = join(folder, "slurmdbd.conf");
  const lines = [
    "AuthType=auth/munge",
    `AuthInfo=socket=${folder}/munge/socket`,
    "DbdHost=localhost",
    `DbdPort=${slot.ports.accounting}`,
    "SlurmUser=root",
    `LogFile=${folder}/log/slurmdbd.log`,
    `PidFile=${folder}/run/slurmdbd.pid`,
    "StorageType=accounting_storage/mysql",
    "StorageHost=127.0.0.1",
    `StoragePort=${slot.ports.database}`,
    "StorageUser=slurm",
    "StoragePass=x",
    "StorageLoc=slurm_acct_db",
  ];
  writeFileSync(path, `${lines.join("\n")}\n`);
  chmodSync(path, 0o600);
}
