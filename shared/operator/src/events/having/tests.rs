use serde_json::json;

use super::*;

/// Both indexes customer; only stripe indexes plan; amount is indexed nowhere.
fn description() -> StackDescription {
    let mut description = crate::stack::sample();
    let declared = json!({
        "billing": {
            "amount": {"as": "number", "index": false},
            "customer": {"as": "text", "index": true},
            "plan": {"as": "text", "index": false},
        },
        "stripe": {
            "customer": {"as": "text", "index": true},
            "plan": {"as": "text", "index": true},
        },
    });
    description.declared = serde_json::from_value(declared).unwrap();
    description
}

fn having(endpoint: Option<&str>, conditions: &[&str], lookup: Lookup) -> Result<Having> {
    let endpoint = endpoint.map(|name| name.to_owned().try_into().unwrap());
    let conditions: Vec<Condition> = conditions.iter().map(|one| one.parse().unwrap()).collect();
    Having::new(&description(), endpoint.as_ref(), &conditions, lookup)
}

fn places(having: &Having) -> Vec<String> {
    let all = having.places().iter();
    all.map(|(index, key)| format!("{} {key}", index.name()))
        .collect()
}

#[test]
fn a_value_is_in_each_index_under_each_endpoint_that_has_it() {
    let of_stripe = having(Some("stripe"), &["customer=cus_1"], Lookup::Index).unwrap();
    assert_eq!(
        places(&of_stripe),
        [
            "by-attribute-1 stripe#customer=cus_1",
            "by-attribute-2 stripe#customer=cus_1",
        ]
    );
    assert!(of_stripe.compared().is_empty());
    let of_all = having(None, &["customer=cus_1"], Lookup::Index).unwrap();
    assert_eq!(of_all.places().len(), 4);
    assert_eq!(
        of_all.found_by().unwrap().to_string(),
        "customer=cus_1".to_owned()
    );
}

#[test]
fn the_first_indexed_attribute_is_looked_up_and_the_others_are_compared() {
    let both = ["plan=50% \"off\"", "customer=cus_1"];
    let image = |plan: &str| Image::from([("x_plan".to_owned(), plan.to_owned())]);
    // Billing has plans too, and no index of them.
    let of_all = having(None, &both, Lookup::Index).unwrap();
    assert!(places(&of_all)[0].ends_with("#customer=cus_1"));
    assert_eq!(of_all.compared().names(), BTreeSet::from(["x_plan"]));
    assert!(of_all.compared().are_met(&image("50%25 %22off%22")));
    for other in ["50% \"off\"", "", "50%25 %22off%22 "] {
        assert!(!of_all.compared().are_met(&image(other)), "{other}");
    }
    assert!(!of_all.compared().are_met(&Image::new()));
    let of_stripe = having(Some("stripe"), &both, Lookup::Index).unwrap();
    assert!(places(&of_stripe)[0].ends_with("stripe#plan=50% \"off\""));
    assert_eq!(of_stripe.compared().names(), BTreeSet::from(["x_customer"]));
}

#[test]
fn without_an_index_every_event_is_compared() {
    for (endpoint, conditions, lookup) in [
        (Some("billing"), &["plan=free"][..], Lookup::Index),
        (None, &["plan=free"], Lookup::Index),
        (Some("stripe"), &["customer=cus_1"], Lookup::Time),
    ] {
        let having = having(endpoint, conditions, lookup).unwrap();
        assert!(having.places().is_empty() && having.found_by().is_none());
        assert_eq!(having.compared().names().len(), 1, "{conditions:?}");
    }
}

#[test]
fn a_number_is_looked_for_as_it_is_kept() {
    let amount = having(None, &["amount=100.50"], Lookup::Index).unwrap();
    let kept = Image::from([("x_amount".to_owned(), "100.5".to_owned())]);
    assert!(amount.compared().are_met(&kept));
}

#[test]
fn what_no_event_can_have_is_refused_with_what_there_is() {
    for (endpoint, condition, says) in [
        (
            None,
            "status=paid",
            "the stack declares amount, customer, plan",
        ),
        (Some("stripe"), "amount=1", "stripe declares customer, plan"),
        (Some("github"), "plan=free", "github declares none"),
        (None, "amount=much", "is a number"),
        (None, "plan=a\u{7}", "control characters"),
        (None, &format!("plan={}", "a".repeat(129)), "128 bytes"),
    ] {
        let problem = having(endpoint, &[condition], Lookup::Index).unwrap_err();
        assert!(problem.to_string().contains(says), "{problem}");
    }
}

#[test]
fn too_many_endpoints_are_not_merged() {
    let mut description = description();
    for number in 0..40 {
        let name = format!("shop-{number}").try_into().unwrap();
        let declared = description.declared.values().next_back().unwrap().clone();
        description.declared.insert(name, declared);
    }
    let condition = "customer=cus_1".parse().unwrap();
    let problem = Having::new(&description, None, &[condition], Lookup::Index).unwrap_err();
    assert!(
        problem.to_string().contains("42 endpoints index customer"),
        "{problem}"
    );
}
