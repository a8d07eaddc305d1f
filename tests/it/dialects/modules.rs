//! The Terraform modules' own tests pass, with and without the features that a fleet may use.

use scalegen::plan::policy::PolicyId;

use crate::dialects::tools::{Tree, copied, trees};
use crate::support::tools::{Provider, Tools, succeed};

/// Cases, and a module that each of them has.
const MODULES: [(&str, &str); 3] = [
    ("langfuse", "ecs-autoscaling"),
    ("features", "ecs-autoscaling"),
    ("timed", "ecs-autoscaling-scheduled"),
];

/// Of what an input may be Terraform itself judges, and fewer features only make less: for both, the newest provider is
/// enough. Each makes all policies that it has.
#[test]
fn their_own_tests_pass_with_every_provider() {
    let Some(tools) = Tools::get() else { return };
    let (trees, providers) = (trees(), tools.providers());
    std::thread::scope(|scope| {
        for provider in &providers {
            for (case, module) in MODULES {
                let tree = trees.iter().find(|tree| tree.name == case).unwrap();
                let able = !has_forecasts(tree) || provider.version >= vec![6, 13];
                if able && (provider.newest || case != "langfuse") {
                    let tools = &tools;
                    scope.spawn(move || passes(tools, provider, tree, module));
                }
            }
        }
    });
}

/// These came with version 6.13 of the provider.
fn has_forecasts(tree: &Tree) -> bool {
    tree.fleet.services().any(|scope| scope.service.policy(&PolicyId::Predictive).is_some())
}

fn passes(tools: &Tools, provider: &Provider, tree: &Tree, module: &str) {
    let copy = copied(&tree.path.join("terraform/modules").join(module));
    let terraform = |args: &[&str]| {
        let mut command = tools.command("terraform");
        command.current_dir(copy.path()).args(args).envs(provider.environment(None));
        succeed(&mut command)
    };
    terraform(&["init", "-input=false", "-no-color"]);
    let mut args = vec!["test", "-no-color"];
    if !provider.newest {
        args.push("-filter=tests/policies.tftest.hcl");
    }
    let said = terraform(&args);
    let fine = said.contains("Success!") && said.contains(" 0 failed.");
    assert!(fine, "{}, {module}, {}: {said}", tree.name, provider.name);
}
