//! Lists, pages and tags.

use super::*;

#[tokio::test]
async fn lists_come_in_pages() {
    let server = server().await;
    for name in ["a", "b", "c"] {
        server.create(name).await;
    }
    let list = || server.client.list_pipes().limit(2);
    let page = list().send().await.unwrap();
    let names: Vec<&str> = page.pipes().iter().filter_map(|pipe| pipe.name()).collect();
    assert_eq!(names, ["a", "b"]);
    let rest = list().set_next_token(page.next_token).send().await.unwrap();
    assert_eq!(rest.pipes().len(), 1);
    assert_eq!(rest.next_token(), None);
    for refused in [list().limit(0), list().name_prefix("a")] {
        let error = refused.send().await.unwrap_err().into_service_error();
        assert!(error.is_validation_exception());
    }
}

#[tokio::test]
async fn tags_are_kept() {
    let server = server().await;
    server.create("p").await;
    let arn = "arn:aws:pipes:us-east-1:000000000000:pipe/p";
    server
        .client
        .tag_resource()
        .resource_arn(arn)
        .tags("a", "1")
        .tags("b", "2")
        .send()
        .await
        .unwrap();
    server
        .client
        .untag_resource()
        .resource_arn(arn)
        .tag_keys("a")
        .tag_keys("c")
        .send()
        .await
        .unwrap();
    let answer = server
        .client
        .list_tags_for_resource()
        .resource_arn(arn)
        .send()
        .await
        .unwrap();
    let tags = answer.tags().unwrap();
    assert_eq!(
        (tags.len(), tags.get("b").map(String::as_str)),
        (1, Some("2"))
    );
    let other = server
        .client
        .list_tags_for_resource()
        .resource_arn(format!("{arn}x"))
        .send()
        .await;
    assert!(
        other
            .unwrap_err()
            .into_service_error()
            .is_not_found_exception()
    );
}
