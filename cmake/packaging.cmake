# What is installed where, and the Debian packages of it: `make packages`. The same rules serve every architecture; a cross build says
# with MIDINET_DEB_DEPENDS_FROM what its packages depend on. docs/packaging.md explains.
include(GNUInstallDirs)

set(staging ${CMAKE_BINARY_DIR}/packaging)
set(from ${CMAKE_SOURCE_DIR}/packaging)
set(MIDINET_DEB_DEPENDS_FROM "" CACHE PATH "A folder with native packages, whose dependencies those of a cross build take")

# The moment of the commit: the same sources make the same packages.
execute_process(COMMAND git log -1 --format=%cd --date=rfc2822 WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  OUTPUT_VARIABLE MIDINET_DATE OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT MIDINET_DATE)
  set(MIDINET_DATE "Thu, 01 Jan 2026 00:00:00 +0000")
endif()
# Of the packaging: the first, for Debian 12.
set(MIDINET_REVISION 1deb12)
set(MIDINET_MAINTAINER "MIDInet maintainers <midinet@users.noreply.github.com>")

# Files made of others: manuals and change logs compressed as Debian wants it, completions printed by the program itself.
add_custom_target(package_files)
function(midinet_made file)
  cmake_parse_arguments(ARG "" "" "COMMAND;DEPENDS" ${ARGN})
  get_filename_component(folder ${file} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(OUTPUT ${file} COMMAND ${ARG_COMMAND} > ${file} DEPENDS ${ARG_DEPENDS} VERBATIM)
  string(MAKE_C_IDENTIFIER ${file} id)
  add_custom_target(made${id} DEPENDS ${file})
  add_dependencies(package_files made${id})
endfunction()

# midinet_man(<component> <page>...): of docs/man.
function(midinet_man component)
  foreach(page ${ARGN})
    string(REGEX MATCH "[0-9]$" section ${page})
    set(source ${CMAKE_SOURCE_DIR}/docs/man/${page})
    midinet_made(${staging}/man/${page}.gz COMMAND gzip -9nc ${source} DEPENDS ${source})
    install(FILES ${staging}/man/${page}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT ${component})
  endforeach()
endfunction()

# midinet_link(<component> <name> <target> <folder>): a link, relative, in the package.
function(midinet_link component name target folder)
  file(MAKE_DIRECTORY ${staging}/links)
  file(CREATE_LINK ${target} ${staging}/links/${name} SYMBOLIC)
  install(FILES ${staging}/links/${name} DESTINATION ${folder} COMPONENT ${component})
endfunction()

# midinet_documents(<component>): what every Debian package has in /usr/share/doc.
function(midinet_documents component)
  set(PACKAGE midinet-${component})
  configure_file(${from}/debian/changelog.in ${staging}/${PACKAGE}/changelog.Debian @ONLY)
  midinet_made(${staging}/${PACKAGE}/changelog.Debian.gz
    COMMAND gzip -9nc ${staging}/${PACKAGE}/changelog.Debian DEPENDS ${staging}/${PACKAGE}/changelog.Debian)
  midinet_made(${staging}/${PACKAGE}/changelog.gz
    COMMAND gzip -9nc ${CMAKE_SOURCE_DIR}/CHANGELOG.md DEPENDS ${CMAKE_SOURCE_DIR}/CHANGELOG.md)
  install(FILES ${staging}/${PACKAGE}/changelog.Debian.gz ${staging}/${PACKAGE}/changelog.gz ${from}/debian/copyright
    DESTINATION share/doc/${PACKAGE} COMPONENT ${component}_debian)
endfunction()

# midinet_scripts(<component> <script>...): of packaging/debian, for dpkg to run.
function(midinet_scripts component)
  foreach(script ${ARGN})
    set(source ${from}/debian/midinet-${component}.${script})
    if(NOT EXISTS ${source})
      set(source ${from}/debian/service.${script}.in)
    endif()
    configure_file(${source} ${staging}/midinet-${component}/${script} @ONLY FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
      GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
    list(APPEND made ${staging}/midinet-${component}/${script})
  endforeach()
  string(TOUPPER ${component} upper)
  list(APPEND CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA ${made})
  set(CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA ${CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA} PARENT_SCOPE)
endfunction()

set(units lib/systemd/system)

# ---- midinet-host
install(TARGETS midi-host RUNTIME COMPONENT host)
midinet_man(host midi-host.1 midinet.toml.5)
install(FILES deploy/midinet-host.service DESTINATION ${units} COMPONENT host)
install(FILES deploy/sysusers.d/midinet-host.conf DESTINATION lib/sysusers.d COMPONENT host)
install(FILES deploy/tmpfiles.d/midinet-host.conf DESTINATION lib/tmpfiles.d COMPONENT host)
install(FILES deploy/sysctl.d/60-midinet.conf DESTINATION lib/sysctl.d COMPONENT host RENAME 60-midinet-host.conf)
install(FILES deploy/60-midinet.rules DESTINATION lib/udev/rules.d COMPONENT host)
install(FILES config/host.toml DESTINATION share/midinet COMPONENT host RENAME midinet.toml)
install(DIRECTORY DESTINATION /etc/midinet COMPONENT host_debian)
set(OTHER midinet-admin)
set(PACKAGE midinet-host)
# Not a conffile: the API edits it, and dpkg would ask about every such edit at the next upgrade.
set(FIRST_CONFIG [=[
# People and the API edit the configuration: once there, it is never touched.
if [ ! -e /etc/midinet/midinet.toml ] && [ ! -L /etc/midinet/midinet.toml ]; then
    install -D -m 644 /usr/share/midinet/midinet.toml /etc/midinet/midinet.toml
fi
# The admin's, when it was there first.
if getent passwd midinet-admin >/dev/null; then systemd-tmpfiles --create midinet-admin.conf; fi
]=])
set(SETTINGS [=[
    /usr/lib/systemd/systemd-sysctl 60-midinet-host.conf || true
    if command -v udevadm >/dev/null; then udevadm control --reload || true; fi
]=])
midinet_scripts(host postinst prerm postrm)

# ---- midinet-admin
install(TARGETS midi-admin RUNTIME COMPONENT admin)
midinet_man(admin midi-admin.1)
install(FILES deploy/midinet-admin.service DESTINATION ${units} COMPONENT admin)
install(FILES deploy/sysusers.d/midinet-admin.conf DESTINATION lib/sysusers.d COMPONENT admin)
install(FILES deploy/tmpfiles.d/midinet-admin.conf DESTINATION lib/tmpfiles.d COMPONENT admin)
install(FILES deploy/grafana/midinet.json deploy/prometheus/midinet.rules.yml DESTINATION share/midinet COMPONENT admin)
install(DIRECTORY DESTINATION /etc/midinet COMPONENT admin_debian)
set(OTHER midinet-host)
set(PACKAGE midinet-admin)
set(FIRST_CONFIG "")
set(SETTINGS "")
midinet_scripts(admin postinst prerm postrm)

# ---- midinet-client
install(TARGETS midi-client RUNTIME COMPONENT client)
midinet_link(client midinet-client midi-client ${CMAKE_INSTALL_BINDIR})
midinet_man(client midi-client.1)
midinet_link(client midinet-client.1.gz midi-client.1.gz ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES deploy/midinet-client.service DESTINATION lib/systemd/user COMPONENT client)
install(FILES deploy/sysctl.d/60-midinet.conf DESTINATION lib/sysctl.d COMPONENT client RENAME 60-midinet-client.conf)
install(FILES config/client.toml DESTINATION share/midinet COMPONENT client)
install(FILES deploy/limits.d/midinet.conf DESTINATION /etc/security/limits.d COMPONENT client_debian)
file(WRITE ${staging}/midinet-client/conffiles "/etc/security/limits.d/midinet.conf\n")
set(CPACK_DEBIAN_CLIENT_PACKAGE_CONTROL_EXTRA ${staging}/midinet-client/conffiles)
midinet_scripts(client postinst prerm postrm)

# ---- midinet-cli
install(TARGETS midinet-cli RUNTIME COMPONENT cli)
install(FILES deploy/midinet-tune.service DESTINATION ${units} COMPONENT cli)
install(PROGRAMS scripts/midinet-update DESTINATION ${CMAKE_INSTALL_SBINDIR} COMPONENT cli)
install(FILES scripts/lib/release.sh DESTINATION share/midinet COMPONENT cli)
midinet_man(cli midinet-cli.1 midinet-update.8)
set(completions ${staging}/completions)
foreach(shell bash zsh fish)
  midinet_made(${completions}/${shell} COMMAND midinet-cli completions ${shell} DEPENDS midinet-cli)
endforeach()
install(FILES ${completions}/bash DESTINATION share/bash-completion/completions COMPONENT cli RENAME midinet-cli)
install(FILES ${completions}/zsh DESTINATION share/zsh/vendor-completions COMPONENT cli RENAME _midinet-cli)
install(FILES ${completions}/fish DESTINATION share/fish/vendor_completions.d COMPONENT cli RENAME midinet-cli.fish)
midinet_scripts(cli postinst prerm postrm)

# ---- All of them
set(CPACK_PACKAGE_NAME midinet)
set(CPACK_PACKAGE_VENDOR "MIDInet")
set(CPACK_PACKAGE_CONTACT ${MIDINET_MAINTAINER})
set(CPACK_PACKAGE_VERSION ${MIDINET_VERSION})
set(CPACK_PACKAGE_HOMEPAGE_URL https://github.com/Hakolsound/MIDInet)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_SOURCE_DIR}/build/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
if(MIDINET_CROSS)  # else the build machine's
  set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${MIDINET_CROSS})
endif()
set(CPACK_DEBIAN_PACKAGE_RELEASE ${MIDINET_REVISION})
set(CPACK_DEBIAN_PACKAGE_SECTION sound)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(users "systemd | systemd-standalone-sysusers | systemd-sysusers, systemd | systemd-standalone-tmpfiles | systemd-tmpfiles")
set(CPACK_DEBIAN_HOST_PACKAGE_DEPENDS ${users})
set(CPACK_DEBIAN_HOST_PACKAGE_RECOMMENDS "midinet-cli, avahi-daemon, libavahi-client3")
set(CPACK_DEBIAN_HOST_PACKAGE_SUGGESTS midinet-admin)
set(CPACK_DEBIAN_ADMIN_PACKAGE_DEPENDS ${users})
set(CPACK_DEBIAN_ADMIN_PACKAGE_RECOMMENDS "midinet-cli, avahi-daemon, libavahi-client3")
set(CPACK_DEBIAN_CLIENT_PACKAGE_RECOMMENDS "midinet-cli, avahi-daemon, libavahi-client3")
set(CPACK_DEBIAN_CLIENT_PACKAGE_SUGGESTS "jackd | pipewire-jack")
set(CPACK_DEBIAN_CLI_PACKAGE_SUGGESTS "nftables")

set(described_host "reads a MIDI controller and multicasts it"
  "The host reads one or several MIDI controllers, numbers every event and sends\nit by UDP multicast to any number of computers, each of which has the\ncontroller as a virtual port. A second host stands by and is played within\nmilliseconds when the first one is silent.")
set(described_client "plays a controller of the network into a virtual MIDI port"
  "The client hears the hosts of a show and plays them into a virtual MIDI port\nthat has the name of the controller. It runs in the session of whoever is\nlogged in, needs no configuration, and what applications send back lights the\ncontroller.")
set(described_admin "dashboard and API of a MIDInet show"
  "The admin tells in a browser, and to programs, whether a show is ready and what\nkeeps it from that, switches between hosts, edits the configuration, keeps\nhistory and raises alerts. MIDI flows without it.")
set(described_cli "command line of a MIDInet show"
  "The command line tells whether a show is ready, what is wrong with a machine or\nits network, and what MIDI passes; it switches between hosts, and updates the\npackages of a machine so that it returns to the version before when the new one\nis not healthy.")

foreach(component host client admin cli)
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME midinet-${component})
  list(GET described_${component} 0 synopsis)
  list(GET described_${component} 1 text)
  set(CPACK_COMPONENT_GROUP_${upper}_DESCRIPTION "${synopsis}\n${text}")
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${synopsis}\n${text}")
  midinet_documents(${component})
  if(MIDINET_DEB_DEPENDS_FROM)
    execute_process(COMMAND ${CMAKE_SOURCE_DIR}/packaging/depends_of.sh ${MIDINET_DEB_DEPENDS_FROM} midinet-${component}
      OUTPUT_VARIABLE CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  else()
    set(CPACK_DEBIAN_${upper}_PACKAGE_SHLIBDEPS ON)
  endif()
endforeach()

include(CPack)
# A package is what goes into archives for other systems, too, and what Debian alone has.
foreach(component host client admin cli)
  cpack_add_component_group(${component})
  cpack_add_component(${component} GROUP ${component})
  cpack_add_component(${component}_debian GROUP ${component})
endforeach()
