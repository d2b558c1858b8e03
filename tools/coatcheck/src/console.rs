//! `coatcheck console`: the stack in a browser.

use std::{
    io,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, anyhow};
use webconsole::{Settings, open};

use crate::{
    host::Host,
    interrupt,
    output::{Exit, Report},
    sight,
    stack::{self, Stack},
    terminal::Terminal,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck console
  coatcheck console --operate
  coatcheck console --no-open --port 5000

The pages are for you only: the console listens on this machine, and the address that it prints works
once, for the browser that opens it first. It has the permissions of your AWS credentials. Without
--operate it changes nothing. Ctrl-C ends it.")]
pub(crate) struct Args {
    /// The port on this machine.
    #[arg(long, default_value_t = 4788, value_name = "PORT")]
    port: u16,
    /// Let the pages change things: pause, replay, redrive, purge, rotate keys.
    #[arg(long)]
    operate: bool,
    /// Print the address, and do not open the browser.
    #[arg(long)]
    no_open: bool,
    #[command(flatten)]
    sight: sight::Args,
    /// Use 127.0.0.1 instead of a name of its own, for a browser that does not find such names (Safari).
    /// Every other server on this machine that you visit then gets the console's cookie.
    #[arg(long, value_name = "127.0.0.1", value_parser = ["127.0.0.1"])]
    host: Option<String>,
    #[command(flatten)]
    stack: stack::Args,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, false, host, async |stack, terminal| {
        serve(args, &args.sight.of(stack), *terminal).await
    })
}

async fn serve(args: &Args, stack: &Stack, terminal: Terminal) -> Result<Exit> {
    let stop = interrupt::listen();
    let host = if args.host.is_some() {
        terminal.note(
            "warning: at 127.0.0.1, every other server on this machine that you visit gets the \
             console's cookie",
        );
        webconsole::Host::Loopback
    } else {
        webconsole::Host::OfItsOwn
    };
    let caller = operator::stack::caller(stack).await?;
    let opened = open(Settings {
        stack: stack.clone(),
        caller,
        operate: args.operate,
        host,
        port: args.port,
        say: Box::new(move |line| terminal.note(line)),
        stop,
    });
    let opened = opened
        .await
        .map_err(|problem| no_port(args.port, problem))?;
    let url = opened.url();
    terminal.say(format_args!("{url}"))?;
    terminal.note(if args.operate {
        "The console may change things. Ctrl-C ends it."
    } else {
        "The console is read-only; --operate lets it change things. Ctrl-C ends it."
    });
    if !args.no_open
        && let Err(problem) = browse(&url)
    {
        terminal.note(format_args!("open this address yourself: {problem:#}"));
    }
    opened.serve().await;
    Ok(Exit::Good)
}

fn no_port(port: u16, problem: io::Error) -> anyhow::Error {
    if problem.kind() == io::ErrorKind::AddrInUse {
        anyhow!("port {port} is in use: end what uses it, or pass another --port")
    } else {
        anyhow::Error::new(problem).context(format!("port {port} cannot be used"))
    }
}

/// Opens the address as the system opens addresses.
fn browse(url: &str) -> Result<()> {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let mut child = Command::new(opener)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("{opener} cannot be run"))?;
    // It may last as long as the browser.
    std::thread::spawn(move || child.wait());
    Ok(())
}
