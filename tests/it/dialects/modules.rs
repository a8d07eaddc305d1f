//! The tests of the Terraform module pass, with and without the features that a fleet may use.

use std::fs;

use crate::dialects::tools::{Tree, copied, trees};
use crate::support::terraform::Terraform;
use crate::support::tools::{Provider, Tools};
use crate::support::{files, root};

/// Cases whose module differs: `features` holds scaling back.
const CASES: [&str; 2] = ["langfuse", "features"];

/// The module's own tests, for whoever changes the module, and those of this project (`tests/module`), which prove each
/// rule on its inputs from both sides. Of what an input may be Terraform itself judges: for the rules, the newest
/// provider is enough.
#[test]
fn its_tests_pass_with_every_provider() {
    let Some(tools) = Tools::get() else { return };
    let (trees, providers) = (trees(), tools.providers());
    std::thread::scope(|scope| {
        for provider in &providers {
            for case in CASES {
                let tree = trees.iter().find(|tree| tree.name == case).unwrap();
                let able = provider.holds(&tree.path.join("terraform/modules"));
                if !able && provider.newest {
                    tools
                        .not_tested(&format!("the Terraform module of {case}: {} is too old", provider.name));
                }
                if able {
                    let tools = &tools;
                    scope.spawn(move || passes(tools, provider, tree));
                }
            }
        }
    });
}

fn passes(tools: &Tools, provider: &Provider, tree: &Tree) {
    let copy = copied(&tree.path.join("terraform/modules/ecs-autoscaling"));
    let holds_back = fs::read_to_string(copy.path().join("variables.tf")).unwrap().contains("\"suspended\"");
    for test in files(&root().join("tests/module"), ".tftest.hcl") {
        let name = test.file_name().unwrap().to_str().unwrap();
        let wanted = match name {
            "suspended.tftest.hcl" => holds_back,
            // Each makes all policies that it has.
            "validation.tftest.hcl" => provider.newest && tree.name == "langfuse",
            _ => true,
        };
        if wanted {
            fs::copy(&test, copy.path().join("tests").join(name)).unwrap();
        }
    }
    let terraform = Terraform::new(tools, provider, None, copy.path().to_owned());
    terraform.run(&["init", "-input=false", "-no-color"]);
    let said = terraform.run(&["test", "-no-color"]);
    let fine = said.contains("Success!") && said.contains(" 0 failed.");
    assert!(fine, "{}, {}: {said}", tree.name, provider.name);
}
