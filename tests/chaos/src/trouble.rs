//! What happens to the stack meanwhile: faults, kills, freezes, and a restart of the gateway. The seed decides.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use e2e::{Environments, Stack};
use fastrand::Rng;

use crate::{
    plan::{Kind, Plan, Rule, seeded},
    proxy::{CONTROL, Report},
};

/// How often the proxy gets another plan.
const PLAN: Duration = Duration::from_secs(20);

/// What was done, and how often.
pub(crate) type Deeds = BTreeMap<&'static str, usize>;

/// All that is done to the stack.
pub(crate) struct Trouble<'a> {
    stack: &'a Stack,
    seed: u64,
    rng: Rng,
    /// The proxy's URL.
    proxy: String,
    http: reqwest::Client,
    environments: Environments,
    deeds: Deeds,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Kill,
    Freeze(Duration),
    FreezeEmulator(&'static str, Duration),
    RestartGateway,
}

impl Deed {
    fn any(rng: &mut Rng) -> Self {
        let mut seconds = |range| Duration::from_millis(rng.u64(range));
        let (long, short) = (seconds(2_000..20_000), seconds(500..4_000));
        match rng.u32(..100) {
            0..72 => Self::Kill,
            72..90 => Self::Freeze(long),
            90..94 => Self::FreezeEmulator("pipes-emulator", short),
            94..97 => Self::FreezeEmulator("gateway-emulator", short),
            _ => Self::RestartGateway,
        }
    }
}

impl<'a> Trouble<'a> {
    /// For a local cloud that was started with `FAULTS=1`.
    ///
    /// # Errors
    /// If it was not.
    pub(crate) fn new(stack: &'a Stack, seed: u64) -> Result<Self> {
        let ready = stack.dir.join("faults-ready");
        let proxy = std::fs::read_to_string(&ready).context(
            "there is no fault proxy: start the local cloud with FAULTS=1 scripts/local-up",
        )?;
        Ok(Self {
            stack,
            seed,
            rng: seeded(seed, "trouble", 0),
            proxy: format!("http://{}{CONTROL}", proxy.trim()),
            http: reqwest::Client::builder().no_proxy().build()?,
            environments: Environments::of(stack)?,
            deeds: Deeds::new(),
        })
    }

    /// Makes trouble until then, then ends it: no faults, and nothing is frozen.
    ///
    /// # Errors
    /// If the proxy cannot be told, or the gateway does not start again.
    pub(crate) async fn make(mut self, until: Instant) -> Result<(Deeds, Report)> {
        let outcome = self.make_until(until).await;
        self.tell(&Plan::default()).await?;
        outcome?;
        let asked = self.http.get(&self.proxy).send().await?;
        let report = serde_json::from_slice(&asked.bytes().await?)?;
        Ok((self.deeds, report))
    }

    async fn make_until(&mut self, until: Instant) -> Result<()> {
        let (mut plans, mut next_plan) = (0, Instant::now());
        // What is frozen, and when it goes on.
        let mut frozen: Vec<(u32, Instant)> = Vec::new();
        while Instant::now() < until {
            if Instant::now() >= next_plan {
                self.tell(&plan(self.seed, plans)).await?;
                plans += 1;
                next_plan = Instant::now() + PLAN;
            }
            let deed = Deed::any(&mut self.rng);
            if let Some(cold) = self.perform(deed).await? {
                frozen.push(cold);
            }
            let pause = self.rng.u64(200..900);
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let now = Instant::now();
            for (pid, _) in frozen.extract_if(.., |(_, end)| *end <= now) {
                signal("-CONT", pid);
            }
        }
        for (pid, _) in frozen {
            signal("-CONT", pid);
        }
        Ok(())
    }

    /// Does it; returns what is frozen now.
    async fn perform(&mut self, deed: Deed) -> Result<Option<(u32, Instant)>> {
        let mut count = |what| *self.deeds.entry(what).or_default() += 1;
        match deed {
            Deed::Kill | Deed::Freeze(_) => {
                let running = self.environments.running();
                let Some((pid, _)) = self.rng.choice(&running) else {
                    return Ok(None);
                };
                if let Deed::Freeze(time) = deed {
                    count("functions frozen");
                    signal("-STOP", *pid);
                    return Ok(Some((*pid, Instant::now() + time)));
                }
                count("functions killed");
                signal("-KILL", *pid);
                Ok(None)
            }
            Deed::FreezeEmulator(name, time) => {
                count("emulators frozen");
                let pid = self.pid(name)?;
                signal("-STOP", pid);
                Ok(Some((pid, Instant::now() + time)))
            }
            Deed::RestartGateway => {
                count("gateway restarted");
                let script =
                    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scripts/local-gateway");
                let mut restart = tokio::process::Command::new(script);
                let status = restart.arg("--again").arg(&self.stack.dir).status().await?;
                anyhow::ensure!(status.success(), "the gateway did not start again");
                Ok(None)
            }
        }
    }

    fn pid(&self, name: &str) -> Result<u32> {
        let file = self.stack.dir.join("pids").join(name);
        let text = std::fs::read_to_string(file)?;
        let pid = text.split(' ').next().unwrap_or_default();
        Ok(pid.parse()?)
    }

    async fn tell(&self, plan: &Plan) -> Result<()> {
        let told = self.http.put(&self.proxy).body(serde_json::to_vec(plan)?);
        told.send().await?.error_for_status()?;
        Ok(())
    }
}

/// The n-th plan of a run: a few faults everywhere, and many in one service, another each time.
fn plan(seed: u64, number: u64) -> Plan {
    const STORES: [&str; 5] = [
        "s3:*",
        "dynamodb:*",
        "sqs:*",
        "secretsmanager:*",
        "states:*",
    ];
    const KINDS: [Kind; 7] = [
        Kind::Drop,
        Kind::LoseAnswer,
        Kind::Delay,
        Kind::Duplicate,
        Kind::Truncate,
        Kind::Fail,
        Kind::Throttle,
    ];
    let mut rng = seeded(seed, "plan", number);
    let mut rule = |calls: &str, most: f64| Rule {
        calls: calls.to_owned(),
        shares: KINDS
            .iter()
            .map(|kind| (*kind, rng.f64() * most / 7.0))
            .collect(),
    };
    let everywhere = rule("*", 0.15);
    let much = STORES.map(|store| rule(store, 0.6));
    let place = usize::try_from(number).unwrap_or_default() % (STORES.len() + 1);
    let mut rules: Vec<Rule> = much.into_iter().skip(place).take(1).collect();
    rules.push(everywhere);
    Plan { seed, rules }
}

fn signal(name: &str, pid: u32) {
    let mut kill = Command::new("kill");
    // A process that is gone already is no problem.
    let quiet = kill.args([name, &pid.to_string()]).stderr(Stdio::null());
    drop(quiet.status());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides_what_is_done() {
        let deeds = |seed| {
            let mut rng = seeded(seed, "trouble", 0);
            (0..200).map(|_| Deed::any(&mut rng)).collect::<Vec<_>>()
        };
        assert_eq!(deeds(1), deeds(1));
        assert_ne!(deeds(1), deeds(2));
        let has = |wanted: fn(&Deed) -> bool| deeds(1).iter().any(wanted);
        assert!(has(|deed| *deed == Deed::Kill));
        assert!(has(|deed| matches!(deed, Deed::Freeze(_))));
        assert!(has(|deed| matches!(deed, Deed::FreezeEmulator(..))));
        assert!(has(|deed| *deed == Deed::RestartGateway));
    }

    #[test]
    fn every_plan_is_sound_and_each_store_has_its_turn() {
        let first: Vec<String> = (0..6)
            .map(|number| {
                let plan = plan(3, number);
                plan.check().unwrap();
                assert_eq!(plan, super::plan(3, number));
                assert_eq!(plan.rules.last().unwrap().calls, "*");
                plan.rules[0].calls.clone()
            })
            .collect();
        assert_eq!(
            first,
            [
                "s3:*",
                "dynamodb:*",
                "sqs:*",
                "secretsmanager:*",
                "states:*",
                "*"
            ]
        );
    }
}
