"""The stand-in WeChat platform, for tests and the demo; it knows nothing of the service it talks to.

Read it to learn the platform: `platform` is what people do, `core` what is remembered, `pushing` and
`payloads` how the service is told, `replies` how its answer is judged, `api/` what the service may ask,
`faults` all that can go wrong, `phone/` the page on which a newcomer tries it.

    platform = Platform(account, callback=client, callback_url="http://service/wechat", clock=ManualClock())
    person = platform.add_person("李桂兰")
    await platform.follow(person.openid)
    assert (await platform.say(person.openid, "帮助")).reply_text

The service reaches it through `create_app(platform)`, in-process or over HTTP."""
