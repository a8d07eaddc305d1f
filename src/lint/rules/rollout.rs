//! Rollout waves: the order in which environments get a change.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::plan::stage::Stage;
use crate::plan::units::Slug;
use crate::plan::{Fleet, Wave};

pub(super) fn production_first(fleet: &Fleet, found: &mut Diagnostics) {
    let production = fleet.wave_members().find(|(_, _, name)| Stage::of(name) == Stage::Production);
    let Some((wave, position, name)) = production else { return };
    let late = |(later, _, name): &(usize, usize, &Slug)| *later >= wave && Stage::of(name) == Stage::Before;
    let Some((late_wave, late_position, late)) = fleet.wave_members().find(late) else { return };
    let when = if late_wave == wave { "together with" } else { "before" };
    let message = format!("the rollout reaches {name} {when} {late}: production is where it is tried");
    let problem = Diagnostic::new(Code::ProductionFirst, Wave::member_place(wave, position), message)
        .also(Wave::member_place(late_wave, late_position), format!("{late} comes too late"))
        .help(format!("put {late} into a wave before"));
    found.push_once(problem);
}

pub(super) fn no_soak_before_production(fleet: &Fleet, found: &mut Diagnostics) {
    for (at, pair) in fleet.waves.windows(2).enumerate() {
        let production = pair[1].environments.iter().find(|name| Stage::of(name) == Stage::Production);
        let soaks = pair[0].soak.is_some_and(|soak| soak.get() > 0);
        let Some(production) = production.filter(|_| !soaks) else { continue };
        let message = format!(
            "nobody waits between wave {} and {production}: its effects show under load, hours later",
            at + 1
        );
        let problem = Diagnostic::new(Code::NoSoakBeforeProduction, Wave::soak_place(at), message);
        found.push_once(problem.help("let the wave be watched through one peak: `soak: 24h`"));
    }
}

pub(super) fn production_all_at_once(fleet: &Fleet, found: &mut Diagnostics) {
    let is_production = |name: &&Slug| Stage::of(name) == Stage::Production;
    let all = fleet.environments.iter().map(|environment| &environment.name).filter(is_production).count();
    for (at, wave) in fleet.waves.iter().enumerate() {
        let here: Vec<(usize, &Slug)> =
            wave.environments.iter().enumerate().filter(|(_, name)| is_production(name)).collect();
        if all < 2 || here.len() < all {
            continue;
        }
        let message = format!(
            "all {all} production environments get the change in one wave: a mistake meets all users at once"
        );
        let problem = Diagnostic::new(Code::ProductionAllAtOnce, Wave::member_place(at, here[1].0), message)
            .also(Wave::member_place(at, here[0].0), "together with this one")
            .help("give each, or at least the first, a wave of its own");
        found.push_once(problem);
    }
}
